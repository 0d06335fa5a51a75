package dev.ratematch.controller.ledger;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.core.Drain;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Sizes;

/// What a pair of pools does with the traffic that came, by what was known when it was recommended.
///
/// @param mostRequestsPerSecond that the pools finish, whatever the latency
/// @param ttftSeconds mean without a backlog; infinite at saturation
/// @param itlSeconds mean; infinite where the batch would not fit
/// @param drainedTtftSeconds mean, with the backlog worked off first
/// @param drainedItlSeconds mean, with what of the backlog is worked off meanwhile
record Reforecast(
        double mostRequestsPerSecond,
        double ttftSeconds,
        double itlSeconds,
        double drainedTtftSeconds,
        double drainedItlSeconds) {

    /// At the rate that is estimated now: how it wanders about that is in the dispersion already.
    /// What waits does so for as long as the pools need for those before it; where requests come
    /// faster than they finish, that is all that waits, and the rest is service.
    ///
    /// @param queue that stands at the window's begin
    /// @param came requests per second of the window
    static Reforecast of(
            Capacity capacity,
            Sizes pair,
            WorkloadEstimate load,
            Drain queue,
            double came,
            double seconds) {
        double rate = load.requestsPerSecond();
        double share = 1 - load.localPrefillShare();
        double most = capacity.saturatedRequestsPerSecond(pair.prefill(), pair.decode());
        double ttft = capacity.ttftMeanSeconds(pair.prefill(), rate * share);
        double service = Double.isFinite(ttft) ? ttft : capacity.ttftMeanSeconds(pair.prefill(), 0);
        double flow = Math.min(queue.requests() / seconds + rate, most);
        return new Reforecast(
                most,
                ttft,
                capacity.itlSeconds(pair.decode(), rate),
                service + queue.mean(came, most, seconds) / most,
                capacity.itlSeconds(pair.decode(), flow));
    }

    /// Whether no queue grows without end at a rate that came for a while.
    boolean stable(double requestsPerSecond) {
        return requestsPerSecond < mostRequestsPerSecond
                && Double.isFinite(ttftSeconds)
                && Double.isFinite(itlSeconds);
    }

    /// Requests finished per second of those that came and those that waited, as far as they can.
    double served(double requestsPerSecond, double waitingPerSecond) {
        return Math.min(requestsPerSecond + waitingPerSecond, mostRequestsPerSecond);
    }
}
