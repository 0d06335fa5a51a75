package dev.ratematch.sizing.load;

/// Latencies of a fleet at a load, queueing included, seconds.
///
/// @param ttftMeanSeconds mean time to first token
/// @param ttftSeconds the same at the percentile
/// @param itlMeanSeconds mean inter-token latency
/// @param itlSeconds the same at the percentile
public record Latencies(
        double ttftMeanSeconds, double ttftSeconds, double itlMeanSeconds, double itlSeconds) {}
