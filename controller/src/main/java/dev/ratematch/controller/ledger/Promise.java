package dev.ratematch.controller.ledger;

import dev.ratematch.controller.core.Assessment;

/// What a recommendation said of the pools that it leads to, for the traffic that was expected
/// then.
///
/// @param expectedRequestsPerSecond traffic that was expected
/// @param carriedRequestsPerSecond carried within the promise
/// @param servedShare of the demand, margin and backlog included, at most 1
/// @param ttftMeanSeconds mean time to first token; infinite at saturation
/// @param ttftSeconds the same at the promise's percentile
/// @param itlMeanSeconds mean inter-token latency; infinite where the batch would not fit
public record Promise(
        double expectedRequestsPerSecond,
        double carriedRequestsPerSecond,
        double servedShare,
        double ttftMeanSeconds,
        double ttftSeconds,
        double itlMeanSeconds) {

    static Promise of(Assessment assessment) {
        var end = assessment.end();
        return new Promise(
                assessment.expected().requestsPerSecond(),
                end.requestsPerSecond(),
                end.servedShare(),
                end.ttftMeanSeconds(),
                end.ttftSeconds(),
                end.itlSeconds());
    }
}
