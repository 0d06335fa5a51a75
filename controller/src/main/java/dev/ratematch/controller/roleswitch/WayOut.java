package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import org.jspecify.annotations.Nullable;

/// How a transaction ends that does not succeed: dismissed before anything was changed, restored to
/// the pool of the role that the instance has, or condemned, its pod being replaced.
final class WayOut {

    private final Round round;
    private final SwitchPolicy policy;
    private final double now;

    WayOut(Round round) {
        this.round = round;
        this.policy = round.policy;
        this.now = round.now;
    }

    private boolean asks() {
        return policy.protocol().asksEngine();
    }

    void restoring(Transaction transaction, Instance seen) {
        var role = rightful(transaction, seen);
        if (role != null && seen.home() == Home.of(role)) {
            restored(transaction, seen, role);
        } else if (role != null) {
            round.keep(reminded(transaction));
            round.order(new Order.Route(seen.name(), role));
        } else if (transaction.untold() && !seen.ready()) {
            // It loads its weights and could not serve in any pool.
            round.keep(transaction.until(now + policy.switchTimeoutSeconds()));
        } else if (now < transaction.deadlineSeconds()) {
            round.keep(transaction);
        } else {
            condemn(transaction, seen, Result.LOST, "it is ready and does not tell its role");
        }
    }

    /// The role whose pool is right for it; null while nobody knows.
    private @Nullable Role rightful(Transaction transaction, Instance seen) {
        var live = seen.live();
        if (!asks()) {
            return transaction.from();
        }
        if (live.role() != null) {
            return live.phase().settled() ? live.role() : null;
        }
        return transaction.untold() ? null : transaction.from();
    }

    private void restored(Transaction transaction, Instance seen, Role role) {
        var result = transaction.result();
        if (result != Result.PUT_RIGHT && !transaction.untold() && role != transaction.from()) {
            round.tell(
                    new Event.Conflict(
                            seen.name(),
                            "it was to go back to %s and its engine is in %s"
                                    .formatted(transaction.from().label(), role.label())));
        }
        round.end(
                transaction,
                result == null ? Result.RESTARTED : result,
                "it is in the pool of %s: %s".formatted(role.label(), transaction.why()));
    }

    void condemned(Transaction transaction, Instance seen) {
        round.keep(reminded(transaction));
        round.order(
                seen.home() == Home.NEITHER
                        ? new Order.Delete(seen.name(), transaction.why())
                        : new Order.Unroute(seen.name()));
    }

    /// Says once that what should have happened by now has not.
    Transaction reminded(Transaction transaction) {
        if (now < transaction.deadlineSeconds() || transaction.overdue()) {
            return transaction;
        }
        round.tell(
                new Event.Stuck(
                        transaction,
                        switch (transaction.phase()) {
                            case CONDEMNED -> "its pod is still there; may pods be deleted?";
                            case ASKING, DRAINING, SWITCHING, VERIFYING, RESTORING ->
                                    "its label is still not that of its pool; may pods be patched?";
                        }));
        return transaction.late();
    }

    /// Over before anything was changed.
    void dismiss(Transaction transaction, Result result, String text) {
        if (result.refusal()) {
            round.leaveAlone(transaction.instance(), result);
        }
        round.end(transaction, result, text);
    }

    /// The way into the pool of the role that it has.
    void restore(Transaction transaction, Instance seen, Result result, String text) {
        if (result.refusal() && transaction.result() == null) {
            round.leaveAlone(transaction.instance(), result);
        }
        var next =
                transaction
                        .in(Phase.RESTORING, now, now + policy.switchTimeoutSeconds())
                        .ending(result, text);
        round.keep(next);
        round.tell(new Event.GivenUp(next, result, text));
        var role = rightful(next, seen);
        if (role != null) {
            round.order(new Order.Route(seen.name(), role));
        }
    }

    /// The way out.
    void condemn(Transaction transaction, Instance seen, Result result, String text) {
        var next =
                transaction
                        .in(Phase.CONDEMNED, now, now + policy.switchTimeoutSeconds())
                        .ending(result, text);
        round.tell(new Event.GivenUp(next, result, text));
        condemned(next, seen);
    }
}
