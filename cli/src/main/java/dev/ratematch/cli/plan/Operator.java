package dev.ratematch.cli.plan;

import java.util.OptionalDouble;

/// One operator of a step.
///
/// @param name what it computes
/// @param count how often in a step
/// @param seconds of all of them together
/// @param share of the step, 0 to 1
/// @param rooflineShare ideal over real time, 0 to 1; empty where no ideal is known
public record Operator(
        String name, int count, double seconds, double share, OptionalDouble rooflineShare) {}
