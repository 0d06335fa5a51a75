package dev.ratematch.controller.move;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import org.jspecify.annotations.Nullable;

/// A rebalance in progress.
///
/// @param from replicas commanded before it
/// @param to replicas at its end
/// @param phase where it stands
/// @param startedSeconds when it began
/// @param deadlineSeconds when the present direction must have ended, or it is compensated
/// @param shrunkSeconds when a removal was first commanded in the present direction; null before
/// @param placed most replicas of its end that were seen ready or loading; who waits for a place is
///   not among them
/// @param switches replicas that are to change their role and are not commanded to yet
public record Move(
        Sizes from,
        Sizes to,
        Phase phase,
        double startedSeconds,
        double deadlineSeconds,
        @Nullable Double shrunkSeconds,
        int placed,
        int switches) {

    /// The states of the transaction. The last two are ends.
    public enum Phase {
        PLANNED,
        DONOR_DRAINING,
        DONOR_RELEASED,
        RECEIVER_STARTING,
        SWITCHING,
        VERIFYING,
        COMPENSATING,
        DONE,
        ROLLED_BACK;

        /// Whether the move is over.
        public boolean ended() {
            return this == DONE || this == ROLLED_BACK;
        }
    }

    /// A move that has not begun.
    public static Move planned(Sizes from, Sizes to, double started, double deadline) {
        return new Move(from, to, Phase.PLANNED, started, deadline, null, 0, 0);
    }

    /// The way back of a move that was complete and had no effect.
    public static Move undoing(Pledge pledge, double started, double deadline) {
        return new Move(
                pledge.to(), pledge.from(), Phase.COMPENSATING, started, deadline, null, 0, 0);
    }

    /// The same move with a later deadline.
    public Move until(double deadline) {
        return new Move(from, to, phase, startedSeconds, deadline, shrunkSeconds, placed, switches);
    }

    /// The same move with another end and deadline.
    public Move to(Sizes end, double deadline) {
        return new Move(from, end, phase, startedSeconds, deadline, shrunkSeconds, 0, 0);
    }

    /// The same move, for which so many replicas more are to change their role.
    public Move switching(int replicas) {
        return new Move(
                from, to, phase, startedSeconds, deadlineSeconds, shrunkSeconds, placed, replicas);
    }

    /// The same move, which has come further if so many are placed: then it has until the deadline.
    Move placing(int now, double deadline) {
        return now > placed
                ? new Move(from, to, phase, startedSeconds, deadline, shrunkSeconds, now, switches)
                : this;
    }

    /// Whether another end lies the same way: what gives goes on giving, what grows goes on
    /// growing.
    public boolean sameWay(Sizes end) {
        return sameWay(end, Role.PREFILL) && sameWay(end, Role.DECODE);
    }

    private boolean sameWay(Sizes end, Role role) {
        int other = end.of(role);
        int goal = to.of(role);
        return other == goal || (other < goal ? goal < from.of(role) : goal >= from.of(role));
    }

    /// The same move in another phase.
    Move in(Phase next, @Nullable Double shrunk) {
        return new Move(from, to, next, startedSeconds, deadlineSeconds, shrunk, placed, 0);
    }

    /// The way back, or to what can be had instead, with a deadline of its own.
    public Move compensating(Sizes end, double deadline) {
        return new Move(to, end, Phase.COMPENSATING, startedSeconds, deadline, null, 0, 0);
    }
}
