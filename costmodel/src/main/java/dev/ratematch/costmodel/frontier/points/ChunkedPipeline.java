package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.units.Check;

/// Chunked pipelining of one prompt (CPP): its chunks follow one another through the stages, so
/// that a long prompt uses all stages at once.
///
/// `FTL = sum_i t(c_i, p_i) + (P - 1) t(c_C, p_C) + (C + P - 1) t_hop`, and a filled pipe yields
/// one prompt per `sum_i t(c_i, p_i)`, where `t` is the time of one stage, `c_i` the tokens of
/// chunk `i`, `p_i` those before it, `C` the chunks and `P` the stages.
///
/// @param ftlSeconds first-token latency
/// @param secondsPerPrompt between prompts when the pipe is full
public record ChunkedPipeline(double ftlSeconds, double secondsPerPrompt) {

    /// Time of one stage.
    @FunctionalInterface
    public interface StageTime {

        /// Seconds of `chunkTokens` new tokens behind `prefixTokens` earlier ones.
        double seconds(double chunkTokens, double prefixTokens);
    }

    /// Prices a prompt.
    ///
    /// @param stage time of one stage
    /// @param stages pipeline stages
    /// @param load prompt length and what of it is cached
    /// @param chunkTokens tokens of a chunk; the last one may be shorter
    /// @param hopSeconds between stages, where `stage` does not contain it
    public static ChunkedPipeline of(
            StageTime stage, int stages, Load load, int chunkTokens, double hopSeconds) {
        Check.atLeast("stages", stages, 1);
        Check.atLeast("chunkTokens", chunkTokens, 1);
        Check.finiteAtLeast("hopSeconds", hopSeconds, 0);
        double prefix = load.inputTokens() - load.newTokens();
        double sum = 0;
        double last = 0;
        int chunks = 0;
        while (prefix < load.inputTokens()) {
            double chunk = Math.min(chunkTokens, load.inputTokens() - prefix);
            last = stage.seconds(chunk, prefix);
            sum += last;
            prefix += chunk;
            chunks++;
        }
        double hops = (chunks + stages - 1) * hopSeconds;
        return new ChunkedPipeline(sum + (stages - 1) * last + hops, sum + chunks * hopSeconds);
    }
}
