/// Tests of the estimate package.
@NullMarked
package dev.ratematch.controller.estimate;

import org.jspecify.annotations.NullMarked;
