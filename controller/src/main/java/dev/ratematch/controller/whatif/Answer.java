package dev.ratematch.controller.whatif;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.plan.Plan;

/// The least fleet for what was asked: of the pairs within the budget the one that serves most of
/// the demand, and of those the one with the fewest GPUs.
///
/// @param slo the promise that it is for
/// @param budgetGpus GPUs that it may hold
/// @param load the traffic that it is for, without a backlog
/// @param plan its sizes, and what they carry of the demand, which has the margin that decisions
///   have
/// @param ttftSeconds expected at the promise's percentile; infinite at saturation
/// @param itlSeconds expected mean; infinite where the batch would not fit
public record Answer(
        Slo slo,
        int budgetGpus,
        WorkloadEstimate load,
        Plan plan,
        double ttftSeconds,
        double itlSeconds) {}
