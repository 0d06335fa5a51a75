/// One run of recommendations: the past is learnt from, then advice is given once or again and
/// again. A host of the control loop like any other.
@NullMarked
package dev.ratematch.controller.recommend;

import org.jspecify.annotations.NullMarked;
