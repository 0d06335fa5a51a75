package dev.ratematch.harness.foreign;

import org.jspecify.annotations.Nullable;

/// What a policy sees at the end of a window.
///
/// @param at seconds
/// @param window seconds
record Seen(double at, double window, PoolSeen prefill, PoolSeen decode, TrafficSeen traffic) {

    /// One role.
    record PoolSeen(
            int desired,
            int ready,
            int starting,
            int pending,
            int draining,
            int queued,
            int running,
            double kvUsed) {

        boolean still() {
            return starting + pending + draining == 0;
        }
    }

    /// What went through. Lengths are those of requests that ended within the window; null where
    /// none did.
    ///
    /// @param ttft seconds, null where no first token was told
    /// @param itl seconds, null where none ended
    record TrafficSeen(
            int arrived,
            int completed,
            @Nullable Double input,
            @Nullable Double output,
            @Nullable Spread ttft,
            @Nullable Spread itl) {}

    /// Mean and 95th percentile.
    record Spread(double mean, double p95) {}
}
