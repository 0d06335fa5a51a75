/// Tests of the move package.
@NullMarked
package dev.ratematch.controller.move;

import org.jspecify.annotations.NullMarked;
