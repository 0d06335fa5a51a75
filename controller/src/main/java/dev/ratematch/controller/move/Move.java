package dev.ratematch.controller.move;

/// A rebalance in progress.
///
/// @param fromPrefill prefill replicas commanded before it
/// @param fromDecode decode replicas commanded before it
/// @param toPrefill prefill replicas at its end
/// @param toDecode decode replicas at its end
/// @param phase where it stands
/// @param startedSeconds when it began
/// @param deadlineSeconds when the present direction must have ended, or it is compensated
/// @param shrunkSeconds when a removal was first commanded in the present direction; negative
///   before
public record Move(
        int fromPrefill,
        int fromDecode,
        int toPrefill,
        int toDecode,
        Phase phase,
        double startedSeconds,
        double deadlineSeconds,
        double shrunkSeconds) {

    /// The states of the transaction. The last two are ends.
    public enum Phase {
        PLANNED,
        DONOR_DRAINING,
        DONOR_RELEASED,
        RECEIVER_STARTING,
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
    public static Move planned(
            int fromPrefill,
            int fromDecode,
            int toPrefill,
            int toDecode,
            double startedSeconds,
            double deadlineSeconds) {
        return new Move(
                fromPrefill,
                fromDecode,
                toPrefill,
                toDecode,
                Phase.PLANNED,
                startedSeconds,
                deadlineSeconds,
                -1);
    }

    /// The same move with a later deadline.
    public Move until(double deadline) {
        return to(toPrefill, toDecode, deadline);
    }

    /// The same move with another end and deadline.
    public Move to(int prefill, int decode, double deadline) {
        return new Move(
                fromPrefill,
                fromDecode,
                prefill,
                decode,
                phase,
                startedSeconds,
                deadline,
                shrunkSeconds);
    }

    /// Whether another end lies the same way: what gives goes on giving, what grows goes on
    /// growing.
    public boolean sameWay(int prefill, int decode) {
        return sameWay(fromPrefill, toPrefill, prefill) && sameWay(fromDecode, toDecode, decode);
    }

    private static boolean sameWay(int from, int to, int other) {
        return other == to || (other < to ? to < from : to >= from);
    }

    /// The same move in another phase.
    Move in(Phase next, double shrunk) {
        return new Move(
                fromPrefill,
                fromDecode,
                toPrefill,
                toDecode,
                next,
                startedSeconds,
                deadlineSeconds,
                shrunk);
    }

    /// The way back, with a deadline of its own.
    public Move compensating(double deadline) {
        return new Move(
                toPrefill,
                toDecode,
                fromPrefill,
                fromDecode,
                Phase.COMPENSATING,
                startedSeconds,
                deadline,
                -1);
    }
}
