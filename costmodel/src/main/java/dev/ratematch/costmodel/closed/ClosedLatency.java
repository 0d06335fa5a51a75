package dev.ratematch.costmodel.closed;

/// Mean latencies of a deployment under a closed load, and what TTFT is made of.
///
/// @param ttftSeconds time to first token
/// @param tpotSeconds time per output token after the first
/// @param requestsPerSecond throughput
/// @param prefillSeconds prefill of one prompt; part of TTFT
/// @param mixedSeconds share of iterations that carry prefill in the time per output token; 0 where
///   decode has engines of its own
/// @param burstSeconds mean wait that the generator's first requests, all at once, cause; part of
///   TTFT
/// @param admissionSeconds mean wait for a place in a full decode batch; part of TTFT
public record ClosedLatency(
        double ttftSeconds,
        double tpotSeconds,
        double requestsPerSecond,
        double prefillSeconds,
        double mixedSeconds,
        double burstSeconds,
        double admissionSeconds) {}
