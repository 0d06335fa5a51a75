/// The control loop in small fleets to which everything happens that can: a seed is a fleet, its
/// traffic and its faults, and what must hold after each cycle whatever they are.
@NullMarked
package dev.ratematch.harness.soak;

import org.jspecify.annotations.NullMarked;
