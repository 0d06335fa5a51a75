package dev.ratematch.controller.plan;

import dev.ratematch.controller.observe.Sizes;

/// Integer sizes of both pools, and what stands behind them.
///
/// @param prefill prefill replicas
/// @param decode decode replicas
/// @param gpus GPUs that they hold
/// @param demandRequestsPerSecond what was asked of them, margin and backlog included
/// @param capacityRequestsPerSecond what they carry under the promise
/// @param servedShare share of the demand that they carry, at most 1
/// @param prefillRequestsPerSecond what the prefill pool alone carries
/// @param decodeRequestsPerSecond what the decode pool alone carries
/// @param continuousRequestsPerSecond what the same GPUs would carry if replicas could be split
/// @param limiting the resource that binds
/// @param unreachable whether the service times alone break the promise
/// @param candidates pairs considered
public record Plan(
        int prefill,
        int decode,
        int gpus,
        double demandRequestsPerSecond,
        double capacityRequestsPerSecond,
        double servedShare,
        double prefillRequestsPerSecond,
        double decodeRequestsPerSecond,
        double continuousRequestsPerSecond,
        Limit limiting,
        boolean unreachable,
        int candidates) {

    /// The resource that sets the pace.
    public enum Limit {
        PREFILL,
        DECODE,
        TRANSFER,
        KV,
        BUDGET,
        NONE
    }

    /// Whether even the best pair within the limits carries less than was asked.
    public boolean limited() {
        return servedShare < 1 && limiting != Limit.NONE;
    }

    /// The pair.
    public Sizes sizes() {
        return new Sizes(prefill, decode);
    }

    /// The pair as people write it, such as `3P5D`.
    public String ratio() {
        return sizes().ratio();
    }
}
