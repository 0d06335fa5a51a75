package dev.ratematch.controller.core;

import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.move.Move;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything the controller remembers between two cycles. Immutable, and small enough to persist.
///
/// @param windows usable windows, newest last
/// @param lastSeenSeconds when the last snapshot was taken; negative before the first
/// @param lastMoveEndSeconds when the last move ended; negative before the first
/// @param smallerSinceSeconds since when a smaller fleet has sufficed; negative when it does not
/// @param move the move under way
/// @param calibration what observation has taught about the step times
public record State(
        List<Window> windows,
        double lastSeenSeconds,
        double lastMoveEndSeconds,
        double smallerSinceSeconds,
        @Nullable Move move,
        Calibration calibration) {

    /// Nothing seen yet.
    public static final State INITIAL = new State(List.of(), -1, -1, -1, null, Calibration.NONE);

    public State {
        windows = List.copyOf(windows);
    }

    State withMove(@Nullable Move next) {
        return new State(
                windows,
                lastSeenSeconds,
                lastMoveEndSeconds,
                smallerSinceSeconds,
                next,
                calibration);
    }

    State withSmallerSince(double seconds) {
        return new State(windows, lastSeenSeconds, lastMoveEndSeconds, seconds, move, calibration);
    }

    State moveEnded(double atSeconds) {
        return new State(windows, lastSeenSeconds, atSeconds, -1, null, calibration);
    }
}
