package dev.ratematch.controller.spec;

import dev.ratematch.costmodel.transfer.Lanes;
import dev.ratematch.costmodel.units.Check;

/// One pool: the engine's width and limits, and how long a change takes.
///
/// @param gpusPerReplica GPUs that one engine instance holds
/// @param minReplicas fewest replicas, at least 1: neither role may be at zero alone
/// @param maxReplicas most replicas
/// @param leadTimeSeconds from command to serving: pod start and weight load, seconds
/// @param drainSeconds time that a removed replica usually needs to finish its work, seconds
/// @param maxBatchedTokens token budget of one prefill iteration of a whole replica
/// @param maxSequences most sequences in one decode batch of a whole replica
/// @param kvTokens KV tokens that one replica can hold
/// @param lanes links that the KV of one replica goes over
public record PoolSpec(
        int gpusPerReplica,
        int minReplicas,
        int maxReplicas,
        double leadTimeSeconds,
        double drainSeconds,
        int maxBatchedTokens,
        int maxSequences,
        double kvTokens,
        Lanes lanes) {

    public PoolSpec {
        Check.atLeast("gpus", gpusPerReplica, 1);
        Check.atLeast("min", minReplicas, 1);
        Check.atLeast("max", maxReplicas, minReplicas);
        Check.finiteAtLeast("lead_time_s", leadTimeSeconds, 0);
        Check.finiteAtLeast("drain_s", drainSeconds, 0);
        Check.atLeast("max_batched_tokens", maxBatchedTokens, 1);
        Check.atLeast("max_seqs", maxSequences, 1);
        Check.positive("kv_tokens", kvTokens);
    }

    /// Whether a count is within the bounds.
    public boolean allows(int replicas) {
        return minReplicas <= replicas && replicas <= maxReplicas;
    }

    /// A pool of replicas whose GPUs all hold KV of their own, all of them a part of each
    /// request's.
    public PoolSpec(
            int gpusPerReplica,
            int minReplicas,
            int maxReplicas,
            double leadTimeSeconds,
            double drainSeconds,
            int maxBatchedTokens,
            int maxSequences,
            double kvTokens) {
        this(
                gpusPerReplica,
                minReplicas,
                maxReplicas,
                leadTimeSeconds,
                drainSeconds,
                maxBatchedTokens,
                maxSequences,
                kvTokens,
                Lanes.each(Math.max(1, gpusPerReplica)));
    }

    /// The same pool whose replicas hold another number of KV tokens.
    public PoolSpec withKv(double tokens) {
        return new PoolSpec(
                gpusPerReplica,
                minReplicas,
                maxReplicas,
                leadTimeSeconds,
                drainSeconds,
                maxBatchedTokens,
                maxSequences,
                tokens,
                lanes);
    }
}
