package dev.ratematch.controller.plan;

import dev.ratematch.costmodel.units.Check;

/// What each pool is asked to carry. They differ while one of them has a backlog to clear.
///
/// @param prefillRequestsPerSecond asked of prefill and of the transfer
/// @param decodeRequestsPerSecond asked of decode
public record Demand(double prefillRequestsPerSecond, double decodeRequestsPerSecond) {

    public Demand {
        Check.finiteAtLeast("prefillRequestsPerSecond", prefillRequestsPerSecond, 0);
        Check.finiteAtLeast("decodeRequestsPerSecond", decodeRequestsPerSecond, 0);
    }

    /// The larger of the two.
    public double requestsPerSecond() {
        return Math.max(prefillRequestsPerSecond, decodeRequestsPerSecond);
    }

    /// The share of this demand, at most 1, that pools of the given rates carry.
    public double servedBy(double prefillRate, double decodeRate, double transferRate) {
        double served = 1;
        if (prefillRequestsPerSecond > 0) {
            served = Math.min(served, prefillRate / prefillRequestsPerSecond);
            served = Math.min(served, transferRate / prefillRequestsPerSecond);
        }
        if (decodeRequestsPerSecond > 0) {
            served = Math.min(served, decodeRate / decodeRequestsPerSecond);
        }
        return served;
    }
}
