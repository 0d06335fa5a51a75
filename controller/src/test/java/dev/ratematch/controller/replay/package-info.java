/// Tests of this package.
@NullMarked
package dev.ratematch.controller.replay;

import org.jspecify.annotations.NullMarked;
