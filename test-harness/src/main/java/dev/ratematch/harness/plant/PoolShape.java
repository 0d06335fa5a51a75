package dev.ratematch.harness.plant;

import dev.ratematch.costmodel.units.Check;

/// One engine of a pool.
///
/// @param gpus GPUs that it holds
/// @param steps its measured step times
/// @param maxBatchedTokens token budget of a prefill iteration
/// @param maxSequences most sequences in a decode batch
/// @param kvTokens KV tokens that fit
public record PoolShape(
        int gpus, StepTimes steps, int maxBatchedTokens, int maxSequences, long kvTokens) {

    public PoolShape {
        Check.atLeast("gpus", gpus, 1);
        Check.atLeast("maxBatchedTokens", maxBatchedTokens, 1);
        Check.atLeast("maxSequences", maxSequences, 1);
        Check.atLeast("kvTokens", kvTokens, 1);
    }
}
