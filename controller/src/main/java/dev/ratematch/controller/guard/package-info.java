/// Bounds on change: when to hold, and why. Pure.
@NullMarked
package dev.ratematch.controller.guard;

import org.jspecify.annotations.NullMarked;
