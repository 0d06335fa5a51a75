package dev.ratematch.controller.guard;

import dev.ratematch.controller.observe.Snapshot;
import java.util.Locale;
import java.util.Optional;

/// Finds snapshots whose numbers contradict each other.
public final class Consistency {

    private static final double FACTOR = 3;
    private static final double REQUESTS_MIN = 20;

    /// Of more answers that end than requests come, by more than counting at different moments
    /// explains, some are of an earlier kind of traffic, whose lengths are not the mean.
    private static final double MORE_ENDED = 1.1;

    private Consistency() {}

    /// What contradicts what, for people; empty when nothing does, or too little is known to tell.
    ///
    /// Little's law on decode: tokens completed in the window against sequences running times the
    /// window over ITL. Checked only where nothing waits, as at steady state, and only upwards:
    /// more output than the running sequences could have made. The other way, a long-output
    /// workload that has just begun looks the same as a fault and is none.
    ///
    /// Before that, counts of one flow that differ so that the demand cannot be told.
    public static Optional<String> contradiction(Snapshot snapshot) {
        var traffic = snapshot.traffic();
        for (var note : traffic.flow().notes()) {
            if (note.holds()) {
                return Optional.of("Inconsistent: %s.".formatted(note.text()));
            }
        }
        return impossible(snapshot);
    }

    private static Optional<String> impossible(Snapshot snapshot) {
        var traffic = snapshot.traffic();
        var running = snapshot.decode().runningRequests();
        if (!traffic.completed().known()
                || !traffic.outputTokensMean().known()
                || !traffic.itlMeanSeconds().known()
                || !running.known()
                || !snapshot.windowSeconds().known()
                || snapshot.decode().queuedRequests().orElse(0) > 0
                || traffic.completed().orElse(0) < REQUESTS_MIN) {
            return Optional.empty();
        }
        double window = snapshot.windowSeconds().orElse(0);
        double itl = traffic.itlMeanSeconds().orElse(0);
        double stay = traffic.outputTokensMean().orElse(0) * itl;
        boolean leaving =
                traffic.completed().orElse(0)
                        > MORE_ENDED * traffic.arrived().orElse(Double.POSITIVE_INFINITY);
        if (stay > window || leaving) {
            // Requests that end in this window mostly began before it, some of them long before.
            return Optional.empty();
        }
        double sequences = traffic.completed().orElse(0) * traffic.flow().sequencesPerRequest();
        double expected = sequences / window * stay;
        double seen = Math.max(running.orElse(0), snapshot.decode().occupancy().mean().orElse(0));
        if (expected > FACTOR * (seen + 4 * StrictMath.sqrt(seen + 1))) {
            return Optional.of(
                    String.format(
                            Locale.ROOT,
                            "Inconsistent: %.0f completions in %.0f s at OSL %.0f and ITL %.1f ms"
                                    + " need about %.0f running sequences, but %.0f are reported.",
                            traffic.completed().orElse(0),
                            window,
                            traffic.outputTokensMean().orElse(0),
                            1000 * itl,
                            expected,
                            seen));
        }
        return Optional.empty();
    }
}
