package dev.ratematch.controller.service;

import org.jspecify.annotations.Nullable;

/// One pool as its operator describes it; what is null gets a default.
///
/// @param gpus GPUs of one replica; default those of `parallel`
/// @param parallel how one replica is spread, such as `tp2`; default the narrowest that fits
/// @param min fewest replicas; default 1
/// @param max most replicas; default what the budget leaves
/// @param leadTimeSeconds from command to serving, seconds; default 60
/// @param drainSeconds usual time to drain, seconds; default 10 for prefill, 60 for decode
/// @param maxBatchedTokens token budget of one prefill iteration; default 8192
/// @param maxSequences most sequences in a decode batch of one data-parallel rank, as engines mean
///   it; default 256
/// @param kvTokens KV tokens that one replica holds; default by the memory model
public record PoolRequest(
        @Nullable Integer gpus,
        @Nullable String parallel,
        @Nullable Integer min,
        @Nullable Integer max,
        @Nullable Double leadTimeSeconds,
        @Nullable Double drainSeconds,
        @Nullable Integer maxBatchedTokens,
        @Nullable Integer maxSequences,
        @Nullable Double kvTokens) {

    /// All defaults.
    public static final PoolRequest DEFAULTS =
            new PoolRequest(null, null, null, null, null, null, null, null, null);
}
