package dev.ratematch.costmodel.queue;

/// KV tokens that sequences hold, and how many sequences a cache so has room for.
///
/// There are two ways to count, since engines admit in two ways. Engines that admit by what is
/// there now (vLLM, SGLang) run sequences of all ages, which hold the mean. Engines that never
/// evict (TensorRT-LLM's default) keep room for each sequence at its full length; a plan counts so
/// too, since what it promises must hold without evictions.
public final class Residence {

    /// Share of the cache that sequences of mean length are let to fill. The rest is for those that
    /// are longer than the mean at the moment. No measurement yet.
    public static final double HEADROOM = 0.92;

    private Residence() {}

    /// Tokens of a running sequence, averaged over its time in the batch: `E[S O + O^2/2] / E[O] =
    /// S + O (1 + c^2)/2` with prompt S and answer O independent.
    ///
    /// @param inputTokens mean prompt
    /// @param outputTokens mean answer
    /// @param outputCv2 squared coefficient of variation `c^2` of the answer; 0 where all are alike
    public static double meanTokens(double inputTokens, double outputTokens, double outputCv2) {
        return inputTokens + outputTokens * (1 + outputCv2) / 2;
    }

    /// Tokens of a sequence at its end.
    public static double finalTokens(double inputTokens, double outputTokens) {
        return inputTokens + outputTokens;
    }

    /// Sequences of all ages that a cache has room for.
    ///
    /// @param kvTokens tokens that the cache holds
    /// @param meanTokens from [#meanTokens]
    public static double sequences(double kvTokens, double meanTokens) {
        return HEADROOM * kvTokens / meanTokens;
    }

    /// Sequences that a cache has room for when each keeps room for its full length.
    ///
    /// @param kvTokens tokens that the cache holds
    /// @param finalTokens from [#finalTokens]
    public static double reserved(long kvTokens, double finalTokens) {
        return kvTokens / finalTokens;
    }
}
