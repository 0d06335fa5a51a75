package dev.ratematch.controller.roleswitch;

/// How an instance answered an order.
///
/// @param serial of the [Order] that it answers; 0 for none
/// @param text what the engine said, for people; empty where it said nothing
public record Reply(Answer answer, long serial, String text) {

    /// No order was sent, or its answer is lost, as after a crash.
    public static final Reply NONE = new Reply(Answer.NONE, 0, "");

    /// The kinds of answer.
    public enum Answer {
        /// There is none, and nobody waits for one.
        NONE,
        /// The order was sent and its answer has not come.
        UNDER_WAY,
        /// To [Order.Ask]: the engine takes switches.
        ABLE,
        /// To [Order.Switch]: it begins, and the live role will tell.
        ACCEPTED,
        /// To [Order.Switch]: it has happened, says the engine.
        SWITCHED,
        /// Not now or not at all, and it serves on in its old role.
        REFUSED_SAFE,
        /// Not possible, and it may not serve any more either.
        REFUSED_UNSAFE,
        /// Another switch is under way on it, or the expected epoch is not the present one.
        CONFLICT,
        /// Switching is not offered: an older engine, or one started without it.
        NOT_OFFERED,
        /// The API key is missing or wrong.
        UNAUTHORISED,
        /// No answer in time, no connection, or nothing that can be read. It may have happened.
        UNANSWERED
    }

    /// Whether this answers that order.
    boolean answers(long order) {
        return order != 0 && serial == order;
    }
}
