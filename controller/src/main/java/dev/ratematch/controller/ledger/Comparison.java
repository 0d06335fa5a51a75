package dev.ratematch.controller.ledger;

import dev.ratematch.controller.observe.Snapshot;

/// Promised against measured: requests finished per second, mean TTFT and mean ITL in seconds.
public record Comparison(Compared served, Compared ttft, Compared itl) {

    /// Nothing to compare.
    public static final Comparison NONE =
            new Comparison(Compared.NONE, Compared.NONE, Compared.NONE);

    Comparison served(double promised, double measured, double seconds) {
        return new Comparison(served.plus(promised, seconds, measured, seconds), ttft, itl);
    }

    /// Adds the latencies of a window; a promise without end, or one that nothing was read for, is
    /// none to compare.
    Comparison latency(double ttftPromised, double itlPromised, Snapshot seen) {
        var traffic = seen.traffic();
        double came = traffic.arrived().orElse(0);
        double finished = traffic.completed().orElse(came);
        var ttftSeen = traffic.ttftMeanSeconds();
        var itlSeen = traffic.itlMeanSeconds();
        return new Comparison(
                served,
                ttftSeen.known() && Double.isFinite(ttftPromised)
                        ? ttft.plus(ttftPromised, came, ttftSeen.orElse(0), finished)
                        : ttft,
                itlSeen.known() && Double.isFinite(itlPromised)
                        ? itl.plus(itlPromised, came, itlSeen.orElse(0), finished)
                        : itl);
    }
}
