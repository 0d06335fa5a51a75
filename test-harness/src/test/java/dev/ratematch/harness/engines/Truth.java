package dev.ratematch.harness.engines;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// What a client saw of all its requests; lengths and latencies are of those that ended well.
///
/// @param arrived requests sent
/// @param completed those that ended well
/// @param itlMeanSeconds time between two tokens, each gap weighing the same
record Truth(
        int arrived,
        int completed,
        double inputTokensMean,
        double outputTokensMean,
        double ttftMeanSeconds,
        double ttftQuantileSeconds,
        double itlMeanSeconds,
        double itlQuantileSeconds) {

    /// @param percentile of the quantiles, percent
    static Truth of(List<Seen> all, double percentile) {
        var ended = all.stream().filter(Seen::completed).toList();
        double tokens = ended.stream().mapToInt(s -> s.tokenSeconds().size()).sum();
        double decoding = ended.stream().mapToDouble(Seen::decodeSeconds).sum();
        return new Truth(
                all.size(),
                ended.size(),
                ended.stream().mapToInt(Seen::inputTokens).average().orElse(Double.NaN),
                tokens / ended.size(),
                ended.stream().mapToDouble(Seen::ttftSeconds).average().orElse(Double.NaN),
                quantile(ended.stream().mapToDouble(Seen::ttftSeconds).toArray(), percentile),
                decoding / (tokens - ended.size()),
                quantile(ended.stream().flatMapToDouble(Truth::gaps).toArray(), percentile));
    }

    private static DoubleStream gaps(Seen seen) {
        var at = seen.tokenSeconds();
        return IntStream.range(1, at.size()).mapToDouble(i -> at.get(i) - at.get(i - 1));
    }

    /// The smallest value that so many percent do not exceed.
    private static double quantile(double[] values, double percentile) {
        if (values.length == 0) {
            return Double.NaN;
        }
        Arrays.sort(values);
        int rank = (int) Math.ceil(percentile / 100 * values.length);
        return values[Math.max(0, rank - 1)];
    }
}
