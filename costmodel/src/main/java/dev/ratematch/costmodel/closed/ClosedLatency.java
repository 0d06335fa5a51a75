package dev.ratematch.costmodel.closed;

/// Mean latencies of a deployment under a closed load.
///
/// @param ttftSeconds time to first token
/// @param tpotSeconds time per output token after the first
/// @param requestsPerSecond throughput
/// @param prefillSeconds prefill of one prompt that meets nobody; part of TTFT
public record ClosedLatency(
        double ttftSeconds, double tpotSeconds, double requestsPerSecond, double prefillSeconds) {}
