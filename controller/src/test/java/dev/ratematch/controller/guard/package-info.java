/// Tests of the guard package.
@NullMarked
package dev.ratematch.controller.guard;

import org.jspecify.annotations.NullMarked;
