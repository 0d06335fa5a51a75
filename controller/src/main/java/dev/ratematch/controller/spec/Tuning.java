package dev.ratematch.controller.spec;

import dev.ratematch.costmodel.units.Check;

/// How cautious the controller is. The defaults suit pods that start in about a minute.
///
/// @param demandMargin share added to the estimated demand
/// @param minGain least relative gain in served demand that justifies a move, or least relative
///   saving of GPUs
/// @param cooldownLeadTimes pause after a move before the next, in lead times
/// @param scaleDownWindowSeconds how long a smaller fleet must have sufficed before GPUs are
///   released, seconds
/// @param maxStepReplicas most replicas that one move adds to or takes from a pool
public record Tuning(
        double demandMargin,
        double minGain,
        double cooldownLeadTimes,
        double scaleDownWindowSeconds,
        int maxStepReplicas) {

    /// What is used where nothing is said.
    public static final Tuning DEFAULT = new Tuning(0.25, 0.03, 0.5, 300, 64);

    public Tuning {
        Check.finiteAtLeast("demandMargin", demandMargin, 0);
        Check.within("minGain", minGain, 0, 1);
        Check.finiteAtLeast("cooldownLeadTimes", cooldownLeadTimes, 0);
        Check.finiteAtLeast("scaleDownWindowSeconds", scaleDownWindowSeconds, 0);
        Check.atLeast("maxStepReplicas", maxStepReplicas, 1);
    }
}
