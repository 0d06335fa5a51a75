package dev.ratematch.controller.guard;

import org.jspecify.annotations.Nullable;

/// Since when things have been as they are, seconds on the host's clock; null where they are not.
///
/// @param lastMoveEndSeconds when the last move ended
/// @param smallerSinceSeconds since when a smaller fleet has sufficed, this cycle included
/// @param transitionSinceSeconds since when replicas start or drain outside any move
public record Pace(
        @Nullable Double lastMoveEndSeconds,
        @Nullable Double smallerSinceSeconds,
        @Nullable Double transitionSinceSeconds) {}
