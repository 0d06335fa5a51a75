package dev.ratematch.dashboards.view;

import dev.ratematch.controller.observe.Snapshot;

/// The traffic of one window as it was seen.
///
/// @param lowerBound whether arrivals are completions plus growth, so that more may have come
/// @param inputTokens mean ISL, prefix hits included
/// @param computedInputTokens mean of it that prefill computes
/// @param outputTokens mean OSL
/// @param prefixHitShare share of input tokens found in a prefix cache, 0 to 1
public record TrafficView(
        Quantity windowSeconds,
        Quantity requestsPerSecond,
        boolean lowerBound,
        Quantity completedPerSecond,
        Quantity rejectedPerSecond,
        Quantity inputTokens,
        Quantity computedInputTokens,
        Quantity outputTokens,
        Quantity prefixHitShare,
        Quantity ttftMeanSeconds,
        Quantity ttftSeconds,
        Quantity itlMeanSeconds,
        Quantity itlSeconds) {

    /// Of a snapshot.
    static TrafficView of(Snapshot snapshot) {
        var traffic = snapshot.traffic();
        var window = snapshot.windowSeconds();
        return new TrafficView(
                Quantity.of(window),
                Quantity.rate(traffic.arrived(), window),
                traffic.arrivedIsLowerBound(),
                Quantity.rate(traffic.completed(), window),
                Quantity.rate(traffic.rejected(), window),
                Quantity.of(traffic.inputTokensMean()),
                Quantity.of(traffic.uncachedInputTokensMean()),
                Quantity.of(traffic.outputTokensMean()),
                Quantity.of(traffic.kvHitRate()),
                Quantity.of(traffic.ttftMeanSeconds()),
                Quantity.of(traffic.ttftQuantileSeconds()),
                Quantity.of(traffic.itlMeanSeconds()),
                Quantity.of(traffic.itlQuantileSeconds()));
    }
}
