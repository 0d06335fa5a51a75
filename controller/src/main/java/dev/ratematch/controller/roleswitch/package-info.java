/// Instances that change their role while they run: which one, in what order, and what to do when a
/// step does not end well. Pure: a look in, orders and the next state out.
@NullMarked
package dev.ratematch.controller.roleswitch;

import org.jspecify.annotations.NullMarked;
