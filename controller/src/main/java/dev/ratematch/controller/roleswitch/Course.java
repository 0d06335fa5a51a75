package dev.ratematch.controller.roleswitch;

import org.jspecify.annotations.Nullable;

/// What becomes of one open transaction in one look.
final class Course {

    /// Times that an engine is told to switch: once, and once more when a whole time-out passed
    /// with no answer and its live role says that nothing came of it.
    static final int ATTEMPTS = 2;

    /// A load that is read sooner after the label went may miss a request that a router has sent by
    /// its last list of endpoints, which it renews about once a second.
    static final double SETTLE_SECONDS = 2;

    private final Round round;
    private final SwitchPolicy policy;
    private final double now;
    private final WayOut wayOut;

    Course(Round round) {
        this.round = round;
        this.wayOut = new WayOut(round);
        this.policy = round.policy;
        this.now = round.now;
    }

    void advance(Transaction kept, @Nullable Instance seen) {
        if (seen == null) {
            var result = kept.result();
            round.end(
                    kept,
                    result == null ? Result.VANISHED : result,
                    kept.phase() == Phase.CONDEMNED
                            ? "its pod is gone and is replaced: " + kept.why()
                            : "it is gone");
            return;
        }
        if (!kept.incarnation().equals(seen.incarnation())) {
            restarted(kept, seen);
            return;
        }
        boolean failed = asks() && seen.live().phase() == EnginePhase.FAILED;
        if (failed && kept.phase() != Phase.ASKING && kept.phase() != Phase.CONDEMNED) {
            wayOut.condemn(kept, seen, Result.UNSAFE, "its engine says that a switch failed");
            return;
        }
        var transaction = kept.seenOut(kept.unrouted() || seen.home() == Home.NEITHER);
        switch (kept.phase()) {
            case ASKING -> asking(transaction, seen);
            case DRAINING -> draining(transaction, seen);
            case SWITCHING -> switching(transaction, seen);
            case VERIFYING -> verifying(transaction, seen);
            case RESTORING -> wayOut.restoring(transaction, seen);
            case CONDEMNED -> wayOut.condemned(transaction, seen);
        }
    }

    private boolean asks() {
        return policy.protocol().asksEngine();
    }

    private void restarted(Transaction kept, Instance seen) {
        round.forgive(seen.name());
        var transaction = kept.restartedAs(seen.incarnation());
        String text = "its engine started anew in phase " + kept.phase().label();
        if (kept.phase() == Phase.ASKING) {
            round.end(transaction, Result.RESTARTED, text);
            return;
        }
        var result = kept.result();
        wayOut.restore(
                transaction,
                seen,
                result == null ? Result.RESTARTED : result,
                result == null ? text : kept.why());
    }

    private void asking(Transaction transaction, Instance seen) {
        var from = transaction.from();
        var live = seen.live();
        if (seen.home() != Home.of(from) || (live.role() != null && live.role() != from)) {
            round.tell(new Event.Conflict(seen.name(), foreign(transaction, seen)));
            wayOut.dismiss(transaction, Result.CONFLICT, foreign(transaction, seen));
        } else if (round.owes(from.other())) {
            wayOut.dismiss(transaction, Result.TURNED_ROUND, "it is wanted in its role again");
        } else if (!seen.ready()) {
            wayOut.dismiss(transaction, Result.NOT_ANSWERED, "it is not ready any more");
        } else if (seen.reply().answers(transaction.serial())) {
            answered(transaction, seen);
        } else if (now >= transaction.deadlineSeconds()) {
            wayOut.dismiss(
                    transaction,
                    Result.NOT_ANSWERED,
                    "it did not say within %.0f s whether it takes switches"
                            .formatted(policy.switchTimeoutSeconds()));
        } else {
            ask(transaction);
        }
    }

    private void answered(Transaction transaction, Instance seen) {
        var reply = seen.reply();
        switch (reply.answer()) {
            case ABLE -> {
                if (round.serving(transaction.from()) > policy.least(transaction.from())) {
                    var next =
                            transaction
                                    .in(Phase.DRAINING, now, now + policy.drainTimeoutSeconds())
                                    .unrouteAt(now);
                    round.keep(next);
                    round.order(new Order.Unroute(seen.name()));
                } else {
                    wayOut.dismiss(transaction, Result.NEEDED, needed(transaction));
                }
            }
            case NOT_OFFERED ->
                    wayOut.dismiss(
                            transaction, Result.NOT_OFFERED, said("takes no switches", reply));
            case UNAUTHORISED ->
                    wayOut.dismiss(
                            transaction, Result.UNAUTHORISED, said("refuses the API key", reply));
            case REFUSED_SAFE, REFUSED_UNSAFE ->
                    wayOut.dismiss(transaction, Result.REFUSED, said("refuses", reply));
            case CONFLICT -> {
                round.tell(new Event.Conflict(seen.name(), said("is being switched", reply)));
                wayOut.dismiss(transaction, Result.CONFLICT, said("is being switched", reply));
            }
            case UNANSWERED ->
                    wayOut.dismiss(
                            transaction, Result.NOT_ANSWERED, said("does not answer", reply));
            case NONE, UNDER_WAY, ACCEPTED, SWITCHED -> {
                if (now >= transaction.deadlineSeconds()) {
                    wayOut.dismiss(transaction, Result.NOT_ANSWERED, "it does not answer");
                } else {
                    ask(transaction);
                }
            }
        }
    }

    private void ask(Transaction transaction) {
        round.keep(transaction);
        round.order(
                new Order.Ask(transaction.instance(), transaction.from(), transaction.serial()));
    }

    private void draining(Transaction transaction, Instance seen) {
        var from = transaction.from();
        if (asks() && seen.live().settledIn(transaction.to())) {
            String text = "somebody else switched it to " + transaction.to().label();
            round.tell(new Event.Conflict(seen.name(), text));
            verifying(verify(transaction), seen);
        } else if (seen.home() == Home.of(transaction.to())
                || (seen.home() == Home.of(from) && transaction.unrouted())) {
            round.tell(new Event.Conflict(seen.name(), foreign(transaction, seen)));
            wayOut.restore(transaction, seen, Result.CONFLICT, foreign(transaction, seen));
        } else if (round.owes(from.other())) {
            wayOut.restore(
                    transaction, seen, Result.TURNED_ROUND, "it is wanted in its role again");
        } else if (shortOf(transaction, seen)) {
            wayOut.restore(transaction, seen, Result.NEEDED, needed(transaction));
        } else if (drained(transaction, seen)) {
            if (asks()) {
                tell(transaction.in(Phase.SWITCHING, now, now), seen);
            } else {
                verifying(verify(transaction), seen);
            }
        } else if (now >= transaction.deadlineSeconds()) {
            wayOut.restore(
                    transaction,
                    seen,
                    Result.DRAIN_TIMED_OUT,
                    "it was not seen idle and ready within %.0f s"
                            .formatted(policy.drainTimeoutSeconds()));
        } else {
            if (seen.home() == Home.NEITHER) {
                round.keep(transaction);
            } else {
                round.keep(transaction.unrouteAt(now));
                round.order(new Order.Unroute(seen.name()));
            }
        }
    }

    /// Whether its old pool has less than its minimum without it. Before it left, that must be
    /// certain not to be so.
    private boolean shortOf(Transaction transaction, Instance seen) {
        var from = transaction.from();
        int others = seen.home() == Home.NEITHER ? round.servingPerhaps(from) : round.serving(from);
        return others < policy.least(from);
    }

    private boolean drained(Transaction transaction, Instance seen) {
        return seen.home() == Home.NEITHER
                && seen.load().idle()
                && seen.load().atSeconds() >= transaction.unrouteSeconds() + SETTLE_SECONDS
                && (!asks() || (seen.ready() && tellable(transaction, seen)));
    }

    /// Whether its live role is known to be the old one, with nothing under way.
    private boolean tellable(Transaction transaction, Instance seen) {
        return seen.live().settledIn(transaction.from())
                && (policy.protocol() != Protocol.VLLM || seen.live().epoch() != null);
    }

    private void tell(Transaction transaction, Instance seen) {
        var epoch = seen.live().epoch();
        var told = transaction.attempt(epoch, now + policy.switchTimeoutSeconds());
        round.keep(told);
        round.order(new Order.Switch(seen.name(), told.to(), epoch, told.serial()));
    }

    private void switching(Transaction transaction, Instance seen) {
        var live = seen.live();
        var reply = seen.reply();
        boolean answered = reply.answers(transaction.serial());
        if (live.settledIn(transaction.to())) {
            verifying(verify(transaction), seen);
        } else if (answered && reply.answer() == Reply.Answer.SWITCHED) {
            stayOut(verify(transaction), seen);
        } else if (answered && reply.answer() == Reply.Answer.REFUSED_UNSAFE) {
            wayOut.condemn(
                    transaction, seen, Result.UNSAFE, said("refuses, not safe to restore", reply));
        } else if (answered && reply.answer() == Reply.Answer.REFUSED_SAFE) {
            wayOut.restore(transaction, seen, Result.REFUSED, said("refuses", reply));
        } else if (answered && reply.answer() == Reply.Answer.NOT_OFFERED) {
            wayOut.restore(transaction, seen, Result.NOT_OFFERED, said("takes no switches", reply));
        } else if (answered && reply.answer() == Reply.Answer.UNAUTHORISED) {
            wayOut.restore(
                    transaction, seen, Result.UNAUTHORISED, said("refuses the API key", reply));
        } else if (answered
                && reply.answer() == Reply.Answer.CONFLICT
                && live.settledIn(transaction.from())) {
            round.tell(new Event.Conflict(seen.name(), said("was switched by others", reply)));
            wayOut.restore(
                    transaction, seen, Result.CONFLICT, said("was switched by others", reply));
        } else if (now >= transaction.deadlineSeconds()) {
            unswitched(transaction, seen);
        } else {
            stayOut(transaction, seen);
        }
    }

    /// A whole time-out, and it is not in its new role.
    private void unswitched(Transaction transaction, Instance seen) {
        var live = seen.live();
        boolean open =
                !seen.reply().answers(transaction.serial())
                        || seen.reply().answer() == Reply.Answer.UNANSWERED;
        String text =
                "it was not seen in its new role within %.0f s of being told"
                        .formatted(policy.switchTimeoutSeconds());
        if (open
                && transaction.attempts() < ATTEMPTS
                && seen.home() == Home.NEITHER
                && seen.load().idle()
                && tellable(transaction, seen)) {
            tell(transaction, seen);
        } else if (live.role() == transaction.from() && live.phase() == EnginePhase.READY) {
            wayOut.restore(transaction, seen, Result.SWITCH_TIMED_OUT, text);
        } else {
            wayOut.condemn(transaction, seen, Result.LOST, text);
        }
    }

    private Transaction verify(Transaction transaction) {
        return transaction.in(Phase.VERIFYING, now, now + policy.switchTimeoutSeconds());
    }

    private void verifying(Transaction transaction, Instance seen) {
        var to = transaction.to();
        boolean sure = !asks() || seen.live().settledIn(to);
        if (sure && seen.home() == Home.of(to)) {
            switched(transaction, seen);
        } else if (sure && !asks() && seen.home() == Home.of(transaction.from())) {
            round.tell(new Event.Conflict(seen.name(), foreign(transaction, seen)));
            wayOut.dismiss(transaction, Result.CONFLICT, foreign(transaction, seen));
        } else if (sure) {
            round.keep(wayOut.reminded(transaction));
            round.order(new Order.Route(seen.name(), to));
        } else if (now < transaction.deadlineSeconds()) {
            stayOut(transaction, seen);
        } else if (seen.live().settledIn(transaction.from())) {
            wayOut.restore(
                    transaction,
                    seen,
                    Result.UNCHANGED,
                    "it said that it switched and is still in its old role");
        } else {
            wayOut.condemn(
                    transaction,
                    seen,
                    Result.LOST,
                    "it said that it switched and does not tell its role");
        }
    }

    private void switched(Transaction transaction, Instance seen) {
        var was = transaction.epochBefore();
        var is = seen.live().epoch();
        if (was != null && is != null && is != was + 1) {
            round.tell(
                    new Event.Conflict(
                            seen.name(),
                            "its epoch went from %d to %d in one switch; somebody else switches it"
                                    .formatted(was, is)));
        }
        round.end(transaction, Result.SWITCHED, "it is in its new pool");
    }

    /// While an engine switches, no pool is right for it.
    private void stayOut(Transaction transaction, Instance seen) {
        if (seen.home() == Home.NEITHER) {
            round.keep(transaction);
            return;
        }
        if (transaction.unrouted()) {
            round.tell(new Event.Conflict(seen.name(), foreign(transaction, seen)));
        }
        round.keep(transaction.unrouteAt(now));
        round.order(new Order.Unroute(seen.name()));
    }

    private static String said(String what, Reply reply) {
        return reply.text().isEmpty() ? "it " + what : "it %s: %s".formatted(what, reply.text());
    }

    private String needed(Transaction transaction) {
        var from = transaction.from();
        return "its pool needs it: %d %s instances must stay ready"
                .formatted(policy.least(from), from.label());
    }

    private static String foreign(Transaction transaction, Instance seen) {
        var live = seen.live().role();
        return "somebody else changed it in phase %s: its label says %s%s"
                .formatted(
                        transaction.phase().label(),
                        seen.home().label(),
                        live == null ? "" : ", its engine " + live.label());
    }
}
