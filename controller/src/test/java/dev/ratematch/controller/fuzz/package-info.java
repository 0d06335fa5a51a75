/// Inputs that nobody would write, made from real ones by the grammar that they follow.
@NullMarked
package dev.ratematch.controller.fuzz;

import org.jspecify.annotations.NullMarked;
