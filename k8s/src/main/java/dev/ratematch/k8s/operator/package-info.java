/// The operator: one control loop per RateMatcher, called by the Java Operator SDK, which knows
/// nothing of what is decided. `Resolver`, `StatusText` and `Shares` are pure.
@NullMarked
package dev.ratematch.k8s.operator;

import org.jspecify.annotations.NullMarked;
