package dev.ratematch.controller.core;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.plan.Demand;

/// What the decision's own model makes of the pools as they are and as they should be. Whoever
/// shows a cycle shows this, and works nothing out anew.
///
/// @param expected the traffic that is expected
/// @param demand what is planned for, margin and backlog included
/// @param now the pools as they are commanded
/// @param end the pools as decided; the same where they should stay
public record Assessment(
        WorkloadEstimate expected,
        Demand demand,
        Forecast now,
        Forecast end,
        Confidence confidence) {}
