package dev.ratematch.controller.core;

import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.guard.Freshness;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Outstanding;
import dev.ratematch.controller.move.Pledge;
import dev.ratematch.controller.move.Recent;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.prospect.Experience;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything the controller remembers between two cycles. Immutable, and small enough to persist.
/// Times are seconds on the host's clock.
///
/// @param windows usable windows, newest last
/// @param lastSeenSeconds when the last snapshot was taken; null before the first
/// @param heardSeconds when the sources of rate and lengths had last been heard by then, the one
///   heard longest ago; null before the first
/// @param lastMoveEndSeconds when the last move ended, null before the first; ahead of the clock by
///   a back-off when that move had to be taken back
/// @param smallerSinceSeconds since when a smaller fleet has sufficed; null when it does not
/// @param transitionSinceSeconds since when replicas have been starting or draining outside any
///   move; null when they are not
/// @param commanded replicas last commanded
/// @param move the move under way
/// @param proposed the move that was recommended last and not seen to begin
/// @param pledge what the last move was begun against; null where its effect was seen
/// @param told what those who follow recommendations were told and may yet apply
/// @param recent changes and wishes of late, for bounds on how fast a role may go
/// @param calibration what observation has taught about the step times
/// @param experience what observation has taught about the traffic
public record State(
        List<Window> windows,
        @Nullable Double lastSeenSeconds,
        @Nullable Double heardSeconds,
        @Nullable Double lastMoveEndSeconds,
        @Nullable Double smallerSinceSeconds,
        @Nullable Double transitionSinceSeconds,
        Counts commanded,
        @Nullable Move move,
        @Nullable Move proposed,
        @Nullable Pledge pledge,
        Outstanding told,
        Recent recent,
        Calibration calibration,
        Experience experience) {

    /// Nothing seen yet.
    public static final State INITIAL =
            new State(
                    List.of(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    Counts.UNKNOWN,
                    null,
                    null,
                    null,
                    Outstanding.NONE,
                    Recent.NONE,
                    Calibration.NONE,
                    Experience.NONE);

    public State {
        windows = List.copyOf(windows);
    }

    /// What is left when the service itself changes: the clock, the open move, what was last
    /// commanded, changed or told, and the calibration where the caller knows that it still
    /// applies. The move is held to nothing any more: what it was made against may be right now.
    public State reconfigured(Calibration kept) {
        return new State(
                List.of(),
                lastSeenSeconds,
                heardSeconds,
                null,
                null,
                null,
                commanded,
                move,
                null,
                null,
                told,
                recent,
                kept,
                Experience.NONE);
    }

    /// What is left when only what is asked of the service changes, such as its limits or its
    /// promise: the traffic is what it was, so that a decision can be made at once.
    public State retuned() {
        var kept = reconfigured(calibration);
        return new State(
                windows,
                kept.lastSeenSeconds,
                kept.heardSeconds,
                kept.lastMoveEndSeconds,
                kept.smallerSinceSeconds,
                kept.transitionSinceSeconds,
                kept.commanded,
                kept.move,
                kept.proposed,
                kept.pledge,
                kept.told,
                kept.recent,
                kept.calibration,
                experience);
    }

    /// What a host persists: everything but the windows and the clock of the last look, which a
    /// later start could not go on from, and a proposal, which it makes again.
    public State remembered() {
        return new State(
                List.of(),
                null,
                null,
                lastMoveEndSeconds,
                smallerSinceSeconds,
                null,
                commanded,
                move,
                null,
                pledge,
                told,
                recent,
                calibration,
                experience.remembered());
    }

    /// Whether what matters to the next start is the same but for what was learnt.
    public boolean resumesLike(State other) {
        return told.equals(other.told)
                && commanded.equals(other.commanded)
                && (move == null ? other.move == null : move.equals(other.move));
    }

    State seen(
            List<Window> nextWindows,
            Snapshot snapshot,
            @Nullable Double transitionSince,
            Calibration learnt) {
        return new State(
                nextWindows,
                snapshot.atSeconds(),
                Freshness.heardSeconds(snapshot, heardSeconds),
                lastMoveEndSeconds,
                smallerSinceSeconds,
                transitionSince,
                commanded,
                move,
                proposed,
                pledge,
                told,
                recent,
                learnt,
                experience);
    }

    State withMove(@Nullable Move next) {
        return with(
                lastMoveEndSeconds, smallerSinceSeconds, commanded, next, proposed, pledge, told);
    }

    State withSmallerSince(@Nullable Double seconds) {
        return with(lastMoveEndSeconds, seconds, commanded, move, proposed, pledge, told);
    }

    State moveEnded(double atSeconds) {
        return with(atSeconds, null, commanded, null, proposed, pledge, told);
    }

    State withCommanded(Counts counts) {
        return with(lastMoveEndSeconds, smallerSinceSeconds, counts, move, proposed, pledge, told);
    }

    State proposing(@Nullable Move next) {
        return with(lastMoveEndSeconds, smallerSinceSeconds, commanded, move, next, pledge, told);
    }

    State pledging(@Nullable Pledge next) {
        return with(lastMoveEndSeconds, smallerSinceSeconds, commanded, move, proposed, next, told);
    }

    State withRecent(Recent next) {
        return with(next, experience);
    }

    State experiencing(Experience next) {
        return with(recent, next);
    }

    private State with(Recent nextRecent, Experience nextExperience) {
        return new State(
                windows,
                lastSeenSeconds,
                heardSeconds,
                lastMoveEndSeconds,
                smallerSinceSeconds,
                transitionSinceSeconds,
                commanded,
                move,
                proposed,
                pledge,
                told,
                nextRecent,
                calibration,
                nextExperience);
    }

    /// The same with what followers were told.
    public State telling(Outstanding next) {
        return with(
                lastMoveEndSeconds, smallerSinceSeconds, commanded, move, proposed, pledge, next);
    }

    private State with(
            @Nullable Double moveEnd,
            @Nullable Double smallerSince,
            Counts counts,
            @Nullable Move nextMove,
            @Nullable Move nextProposed,
            @Nullable Pledge nextPledge,
            Outstanding nextTold) {
        return new State(
                windows,
                lastSeenSeconds,
                heardSeconds,
                moveEnd,
                smallerSince,
                transitionSinceSeconds,
                counts,
                nextMove,
                nextProposed,
                nextPledge,
                nextTold,
                recent,
                calibration,
                experience);
    }
}
