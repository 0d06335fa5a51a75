package dev.ratematch.costmodel.closed;

import dev.ratematch.costmodel.queue.Residence;
import dev.ratematch.costmodel.units.Check;

/// What a closed-loop load generator asks: a fixed number of requests in flight, a new one for each
/// that ends.
///
/// @param concurrency requests in flight
/// @param inputTokens mean prompt, tokens
/// @param outputTokens mean answer, tokens, the first one included
public record ClosedLoad(double concurrency, double inputTokens, double outputTokens) {

    /// Public load generators draw lengths uniformly between 0.8 and 1.0 of the nominal ones.
    private static final double SPREAD = 0.2;

    /// Requests that public load generators send for each one in flight. The first of them arrive
    /// at once and queue for prefill: a tenth of all, which shows in the mean.
    private static final double REQUESTS_PER_CLIENT = 10;

    public ClosedLoad {
        Check.positive("concurrency", concurrency);
        Check.finiteAtLeast("inputTokens", inputTokens, 1);
        Check.finiteAtLeast("outputTokens", outputTokens, 1);
    }

    /// The load of a generator asked for nominal lengths.
    public static ClosedLoad nominal(double concurrency, double inputTokens, double outputTokens) {
        double mean = 1 - SPREAD / 2;
        return new ClosedLoad(
                concurrency, Math.max(1, mean * inputTokens), Math.max(1, mean * outputTokens));
    }

    /// Tokens of context of a running sequence, averaged over its life.
    double residentTokens() {
        return Residence.meanTokens(inputTokens, outputTokens, 0);
    }

    /// Tokens of a sequence at its end.
    double finalTokens() {
        return Residence.finalTokens(inputTokens, outputTokens);
    }

    /// The wait that the burst at the start adds to the mean.
    ///
    /// @param clients requests that queue at one engine
    /// @param marginalSeconds prefill that each adds to a full engine
    double burstSeconds(double clients, double marginalSeconds) {
        return clients * marginalSeconds / 2 / REQUESTS_PER_CLIENT;
    }
}
