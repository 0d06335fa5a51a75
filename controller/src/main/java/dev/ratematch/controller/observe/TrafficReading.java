package dev.ratematch.controller.observe;

import java.util.List;

/// What was seen of the traffic in one window. Counts are requests in the window; means are sums
/// over sums across pods.
///
/// @param arrived requests offered in the window
/// @param arrivedIsLowerBound whether `arrived` is completions plus growth of what is in the system
///   under back-pressure, so that the true figure may be higher
/// @param completed requests finished in the window
/// @param rejected requests refused in the window, which arrived too
/// @param inputTokensMean mean ISL, tokens, prefix hits included
/// @param inputTokensCv2 squared coefficient of variation of ISL
/// @param uncachedInputTokensMean mean of ISL really computed, tokens
/// @param outputTokensMean mean OSL, tokens
/// @param outputTokensCv2 squared coefficient of variation of OSL
/// @param ttftMeanSeconds mean time to first token as the user sees it, seconds
/// @param ttftQuantileSeconds the same at the SLO's percentile, seconds
/// @param itlMeanSeconds mean inter-token latency per token, seconds
/// @param itlQuantileSeconds the same at the SLO's percentile, seconds
/// @param prefillSecondsMean mean time in prefill execution without queueing, seconds
/// @param kvHitRate share of input tokens found in a prefix cache, 0 to 1
/// @param acceptLength tokens per decode step and sequence, bonus token included, at least 1
/// @param localPrefillShare share of requests prefilled on the decode side, 0 to 1
/// @param kvTransferSecondsMean mean KV transfer time of a request, seconds
/// @param inputTokensHistogram histogram of ISL in the window; empty when not exposed
/// @param flow what comparing the counts of frontend, prefill and decode found
/// @param resolution buckets in which the latency quantiles lie
public record TrafficReading(
        Reading arrived,
        boolean arrivedIsLowerBound,
        Reading completed,
        Reading rejected,
        Reading inputTokensMean,
        Reading inputTokensCv2,
        Reading uncachedInputTokensMean,
        Reading outputTokensMean,
        Reading outputTokensCv2,
        Reading ttftMeanSeconds,
        Reading ttftQuantileSeconds,
        Reading itlMeanSeconds,
        Reading itlQuantileSeconds,
        Reading prefillSecondsMean,
        Reading kvHitRate,
        Reading acceptLength,
        Reading localPrefillShare,
        Reading kvTransferSecondsMean,
        List<Bucket> inputTokensHistogram,
        Flow flow,
        Resolution resolution) {

    /// One histogram cell: `count` observations in `(lower, upper]`.
    public record Bucket(double lower, double upper, double count) {}

    public TrafficReading {
        inputTokensHistogram = List.copyOf(inputTokensHistogram);
    }

    /// Of one count, with which none is compared, and of latencies that are not read from buckets.
    public TrafficReading(
            Reading arrived,
            boolean arrivedIsLowerBound,
            Reading completed,
            Reading rejected,
            Reading inputTokensMean,
            Reading inputTokensCv2,
            Reading uncachedInputTokensMean,
            Reading outputTokensMean,
            Reading outputTokensCv2,
            Reading ttftMeanSeconds,
            Reading ttftQuantileSeconds,
            Reading itlMeanSeconds,
            Reading itlQuantileSeconds,
            Reading prefillSecondsMean,
            Reading kvHitRate,
            Reading acceptLength,
            Reading localPrefillShare,
            Reading kvTransferSecondsMean,
            List<Bucket> inputTokensHistogram) {
        this(
                arrived,
                arrivedIsLowerBound,
                completed,
                rejected,
                inputTokensMean,
                inputTokensCv2,
                uncachedInputTokensMean,
                outputTokensMean,
                outputTokensCv2,
                ttftMeanSeconds,
                ttftQuantileSeconds,
                itlMeanSeconds,
                itlQuantileSeconds,
                prefillSecondsMean,
                kvHitRate,
                acceptLength,
                localPrefillShare,
                kvTransferSecondsMean,
                inputTokensHistogram,
                Flow.NONE,
                Resolution.NONE);
    }

    /// The same some time later, when nothing has been read since.
    ///
    /// @param stale seconds after the read from which on a value is not acted on any more
    TrafficReading later(double seconds, double stale) {
        return new TrafficReading(
                arrived.later(seconds, stale),
                arrivedIsLowerBound,
                completed.later(seconds, stale),
                rejected.later(seconds, stale),
                inputTokensMean.later(seconds, stale),
                inputTokensCv2.later(seconds, stale),
                uncachedInputTokensMean.later(seconds, stale),
                outputTokensMean.later(seconds, stale),
                outputTokensCv2.later(seconds, stale),
                ttftMeanSeconds.later(seconds, stale),
                ttftQuantileSeconds.later(seconds, stale),
                itlMeanSeconds.later(seconds, stale),
                itlQuantileSeconds.later(seconds, stale),
                prefillSecondsMean.later(seconds, stale),
                kvHitRate.later(seconds, stale),
                acceptLength.later(seconds, stale),
                localPrefillShare.later(seconds, stale),
                kvTransferSecondsMean.later(seconds, stale),
                inputTokensHistogram,
                flow.later(seconds, stale),
                resolution);
    }

    /// Everything unknown for one reason.
    public static TrafficReading unknown(String why) {
        var u = new Reading.Unknown(why);
        return new TrafficReading(
                u, false, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, List.of());
    }
}
