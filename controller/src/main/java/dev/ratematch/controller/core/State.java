package dev.ratematch.controller.core;

import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.guard.Freshness;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything the controller remembers between two cycles. Immutable, and small enough to persist.
///
/// @param windows usable windows, newest last
/// @param lastSeenSeconds when the last snapshot was taken; negative before the first
/// @param heardSeconds when the sources of rate and lengths had last been heard by then, the one
///   heard longest ago; negative before the first
/// @param lastMoveEndSeconds when the last move ended, negative before the first; ahead of the
///   clock by a back-off when that move had to be taken back
/// @param smallerSinceSeconds since when a smaller fleet has sufficed; negative when it does not
/// @param transitionSinceSeconds since when replicas have been starting or draining outside any
///   move; negative when they are not
/// @param commandedPrefill prefill replicas last commanded; negative before the first command
/// @param commandedDecode decode replicas last commanded; negative before the first command
/// @param move the move under way
/// @param calibration what observation has taught about the step times
public record State(
        List<Window> windows,
        double lastSeenSeconds,
        double heardSeconds,
        double lastMoveEndSeconds,
        double smallerSinceSeconds,
        double transitionSinceSeconds,
        int commandedPrefill,
        int commandedDecode,
        @Nullable Move move,
        Calibration calibration) {

    /// Nothing seen yet.
    public static final State INITIAL =
            new State(List.of(), -1, -1, -1, -1, -1, -1, -1, null, Calibration.NONE);

    public State {
        windows = List.copyOf(windows);
    }

    /// What is left when the service itself changes: the clock, what was last commanded, and the
    /// calibration where the caller knows that it still applies.
    public State reconfigured(Calibration kept) {
        return new State(
                List.of(),
                lastSeenSeconds,
                heardSeconds,
                -1,
                -1,
                -1,
                commandedPrefill,
                commandedDecode,
                null,
                kept);
    }

    /// What a host persists: everything but the windows and the clock of the last look, which a
    /// later start could not go on from.
    public State remembered() {
        return new State(
                List.of(),
                -1,
                -1,
                lastMoveEndSeconds,
                smallerSinceSeconds,
                -1,
                commandedPrefill,
                commandedDecode,
                move,
                calibration);
    }

    /// The same state without an open move that the service no longer allows, as after a resume
    /// under another budget.
    public State fitting(ServiceSpec spec) {
        if (move == null || fits(spec, move.toPrefill(), move.toDecode())) {
            return this;
        }
        return withMove(null);
    }

    private static boolean fits(ServiceSpec spec, int prefill, int decode) {
        return spec.gpus(prefill, decode) <= spec.budgetGpus()
                && prefill >= spec.prefill().minReplicas()
                && prefill <= spec.prefill().maxReplicas()
                && decode >= spec.decode().minReplicas()
                && decode <= spec.decode().maxReplicas();
    }

    State seen(List<Window> nextWindows, Snapshot snapshot, double since, Calibration learnt) {
        return new State(
                nextWindows,
                snapshot.atSeconds(),
                Freshness.heardSeconds(snapshot, heardSeconds),
                lastMoveEndSeconds,
                smallerSinceSeconds,
                since,
                commandedPrefill,
                commandedDecode,
                move,
                learnt);
    }

    State withMove(@Nullable Move next) {
        return with(lastMoveEndSeconds, smallerSinceSeconds, next);
    }

    State withSmallerSince(double seconds) {
        return with(lastMoveEndSeconds, seconds, move);
    }

    State moveEnded(double atSeconds) {
        return with(atSeconds, -1, null);
    }

    State withCommanded(int prefill, int decode) {
        return new State(
                windows,
                lastSeenSeconds,
                heardSeconds,
                lastMoveEndSeconds,
                smallerSinceSeconds,
                transitionSinceSeconds,
                prefill,
                decode,
                move,
                calibration);
    }

    private State with(double moveEnd, double smallerSince, @Nullable Move next) {
        return new State(
                windows,
                lastSeenSeconds,
                heardSeconds,
                moveEnd,
                smallerSince,
                transitionSinceSeconds,
                commandedPrefill,
                commandedDecode,
                next,
                calibration);
    }
}
