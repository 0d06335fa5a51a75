/// Tests of the capacity package.
@NullMarked
package dev.ratematch.controller.capacity;

import org.jspecify.annotations.NullMarked;
