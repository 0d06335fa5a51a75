package dev.ratematch.controller.core;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.plan.Demand;
import org.jspecify.annotations.Nullable;

/// What the decision's own model makes of the pools as they are and as they should be. Whoever
/// shows a cycle shows this, and works nothing out anew.
///
/// @param expected the traffic that is expected
/// @param demand what is planned for, margin and backlog included
/// @param now the pools as they are commanded
/// @param end the pools as decided; the same where they should stay
/// @param pastSaving what waits in vain, and what a deadline would give; null where unknown
public record Assessment(
        WorkloadEstimate expected,
        Demand demand,
        Forecast now,
        Forecast end,
        Confidence confidence,
        @Nullable PastSaving pastSaving) {}
