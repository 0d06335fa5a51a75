package dev.ratematch.controller.whatif;

import dev.ratematch.costmodel.units.Check;
import org.jspecify.annotations.Nullable;

/// What would be different; null stays as it is.
///
/// @param ttftSeconds promised time to first token at the percentile, seconds
/// @param itlSeconds promised inter-token latency at the percentile, seconds
/// @param gpus budget of both pools together
/// @param requestsPerSecond arrival rate
/// @param inputTokens mean ISL; the same share of it is computed as today
/// @param outputTokens mean OSL
public record Question(
        @Nullable Double ttftSeconds,
        @Nullable Double itlSeconds,
        @Nullable Integer gpus,
        @Nullable Double requestsPerSecond,
        @Nullable Double inputTokens,
        @Nullable Double outputTokens) {

    /// A longer wait than an hour is no promise, and no request is longer than its context.
    private static final double SECONDS_MAX = 3600;

    private static final double TOKENS_MAX = 1e7;
    private static final double RATE_MAX = 1e6;
    private static final int GPUS_MAX = 16_384;

    /// Nothing is different.
    public static final Question NONE = new Question(null, null, null, null, null, null);

    public Question {
        within("ttft_s", ttftSeconds, 1e-4, SECONDS_MAX);
        within("itl_s", itlSeconds, 1e-5, SECONDS_MAX);
        if (gpus != null && (gpus < 2 || gpus > GPUS_MAX)) {
            throw new IllegalArgumentException(
                    "gpus (%d) must be between 2 and %d.".formatted(gpus, GPUS_MAX));
        }
        within("requests_per_s", requestsPerSecond, 1e-6, RATE_MAX);
        within("isl", inputTokens, 1, TOKENS_MAX);
        within("osl", outputTokens, 1, TOKENS_MAX);
    }

    private static void within(String name, @Nullable Double value, double least, double most) {
        if (value != null) {
            Check.within(name, value, least, most);
        }
    }
}
