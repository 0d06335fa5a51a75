package dev.ratematch.controller.ledger;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Sizes;

/// What a pair of pools does with the traffic that came, by what was known when it was recommended.
///
/// @param mostRequestsPerSecond that the pools finish, whatever the latency
/// @param ttftSeconds mean; infinite at saturation
/// @param itlSeconds mean; infinite where the batch would not fit
record Reforecast(double mostRequestsPerSecond, double ttftSeconds, double itlSeconds) {

    /// At the rate that is estimated now: how it wanders about that is in the dispersion already.
    static Reforecast of(Capacity capacity, Sizes pair, WorkloadEstimate load) {
        double rate = load.requestsPerSecond();
        return new Reforecast(
                capacity.saturatedRequestsPerSecond(pair.prefill(), pair.decode()),
                capacity.ttftMeanSeconds(pair.prefill(), rate * (1 - load.localPrefillShare())),
                capacity.itlSeconds(pair.decode(), rate));
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
