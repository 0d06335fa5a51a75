package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One instance on its way from one role to the other, or back. This is what is kept over a crash,
/// as JSON: the next look goes on from it.
///
/// @param number counts transactions; each order's serial is made of it
/// @param incarnation of the engine that it was begun with
/// @param sinceSeconds when the present phase began
/// @param deadlineSeconds when the present phase must have ended
/// @param epochBefore the engine's epoch when it was told to switch; null before, and where there
///   are none
/// @param attempts times that it was told to switch
/// @param unrouteSeconds when it was last ordered out of its pool, or the transaction began
/// @param unrouted whether a look saw it out of both pools
/// @param untold whether only its live role can say where to, since its engine started anew or
///   somebody else took it out
/// @param overdue whether it was told that the phase is past its deadline
/// @param result how it will end; null while it may still succeed
/// @param why of that, for people; empty before
public record Transaction(
        String instance,
        Role from,
        Role to,
        Phase phase,
        double sinceSeconds,
        double deadlineSeconds,
        @Nullable Long epochBefore,
        int attempts,
        long number,
        String incarnation,
        double unrouteSeconds,
        boolean unrouted,
        boolean untold,
        boolean overdue,
        @Nullable Result result,
        String why,
        Spent spent) {

    /// One that begins.
    static Transaction begun(
            Instance instance, Role from, Phase phase, long number, double now, double deadline) {
        return new Transaction(
                instance.name(),
                from,
                from.other(),
                phase,
                now,
                deadline,
                null,
                0,
                number,
                instance.incarnation(),
                now,
                false,
                false,
                false,
                null,
                "",
                Spent.NONE);
    }

    /// One that only puts an instance into the pool of its role.
    static Transaction puttingRight(
            Instance instance, Role role, long number, double now, double deadline, String why) {
        return begun(instance, role, Phase.RESTORING, number, now, deadline)
                .edit(
                        draft -> {
                            draft.to = role;
                            draft.result = Result.PUT_RIGHT;
                            draft.why = why;
                        });
    }

    /// Of the last order to its engine, or of the next when there was none.
    public long serial() {
        return number * (Course.ATTEMPTS + 1) + attempts;
    }

    /// Whether its instance is away because of a switch, and not only being put right.
    boolean away() {
        return phase != Phase.RESTORING || !(untold || result == Result.PUT_RIGHT);
    }

    /// Whether it may be called off without harm: its engine was not told yet.
    boolean revocable() {
        return phase == Phase.ASKING || phase == Phase.DRAINING;
    }

    /// The same in another phase.
    Transaction in(Phase next, double now, double deadline) {
        return edit(
                draft -> {
                    draft.phase = next;
                    draft.since = now;
                    draft.deadline = deadline;
                    draft.overdue = false;
                    draft.spent = spent.plus(phase, Math.max(0, now - sinceSeconds));
                });
    }

    /// The same with another deadline.
    Transaction until(double deadline) {
        return edit(draft -> draft.deadline = deadline);
    }

    /// The same, told to switch once more.
    Transaction attempt(@Nullable Long epoch, double deadline) {
        return edit(
                draft -> {
                    draft.epochBefore = epoch;
                    draft.attempts = attempts + 1;
                    draft.deadline = deadline;
                });
    }

    /// The same, ordered out of its pool.
    Transaction unrouteAt(double now) {
        return edit(
                draft -> {
                    draft.unrouted = false;
                    draft.unrouteSeconds = now;
                });
    }

    /// The same, seen out of both pools or not.
    Transaction seenOut(boolean out) {
        return out == unrouted ? this : edit(draft -> draft.unrouted = out);
    }

    /// The same after its engine started anew.
    Transaction restartedAs(String next) {
        return edit(
                draft -> {
                    draft.incarnation = next;
                    draft.untold = true;
                });
    }

    /// The same where nothing but its live role can say where to.
    Transaction onlyByLiveRole() {
        return edit(draft -> draft.untold = true);
    }

    /// The same, told to be past its deadline.
    Transaction late() {
        return edit(draft -> draft.overdue = true);
    }

    /// The same with its end known.
    Transaction ending(Result how, String because) {
        return edit(
                draft -> {
                    draft.result = how;
                    draft.why = because;
                });
    }

    private Transaction edit(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return new Transaction(
                instance,
                from,
                draft.to,
                draft.phase,
                draft.since,
                draft.deadline,
                draft.epochBefore,
                draft.attempts,
                number,
                draft.incarnation,
                draft.unrouteSeconds,
                draft.unrouted,
                draft.untold,
                draft.overdue,
                draft.result,
                draft.why,
                draft.spent);
    }

    /// What changes on the way.
    private static final class Draft {
        Role to;
        Phase phase;
        double since;
        double deadline;
        @Nullable Long epochBefore;
        int attempts;
        String incarnation;
        double unrouteSeconds;
        boolean unrouted;
        boolean untold;
        boolean overdue;
        @Nullable Result result;
        String why;
        Spent spent;

        Draft(Transaction of) {
            to = of.to;
            phase = of.phase;
            since = of.sinceSeconds;
            deadline = of.deadlineSeconds;
            epochBefore = of.epochBefore;
            attempts = of.attempts;
            incarnation = of.incarnation;
            unrouteSeconds = of.unrouteSeconds;
            unrouted = of.unrouted;
            untold = of.untold;
            overdue = of.overdue;
            result = of.result;
            why = of.why;
            spent = of.spent;
        }
    }
}
