package dev.ratematch.controller.core;

import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.guard.Evidence;
import dev.ratematch.controller.guard.Ineffective;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.guard.Verdict;
import dev.ratematch.controller.move.Allowance;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Pledge;
import dev.ratematch.controller.move.Stage;
import dev.ratematch.controller.move.Switches;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.spec.ServiceSpec;
import org.jspecify.annotations.Nullable;

/// How moves begin, go on, end and are taken back.
record Moves(ServiceSpec spec) {

    /// Lead times from the end of a move until its effect is judged: what waited must have had the
    /// time to be worked off, in part.
    private static final double SETTLING_LEAD_TIMES = 2;

    /// Shares of the demand that differ by less are one: a hundredth of a percent.
    private static final double SERVED_SAME = 1e-4;

    /// The state with a new move in its first stage, and the counts of that.
    record Begun(State state, Sizes sizes) {}

    /// Begins a move that is held to nothing: what an earlier one was held to is not its business.
    Begun begin(Sight sight, Sizes now, Sizes to) {
        double at = sight.snapshot().atSeconds();
        var move =
                switching(sight, now, Move.planned(now, to, at, at + spec.moveAllowanceSeconds()));
        var stage = Stage.advance(move, spec, sight.commanding(now));
        var next = sight.state().withSmallerSince(null).pledging(null).withMove(stage.move());
        return new Begun(next, stage.sizes());
    }

    /// The move with as many replicas to change their role as are worth it.
    private Move switching(Sight sight, Sizes now, Move move) {
        var traded = Switches.between(spec, now, move.to());
        var taking = traded.toPrefill() > 0 ? Role.PREFILL : Role.DECODE;
        var lags = sight.state().experience().lags();
        return move.switching(lags.switched(spec, taking, traded.count()));
    }

    /// What the last move came to, by the first window after it has settled; null where it was
    /// begun against nothing broken, where that cannot be told yet, or where it was told.
    @Nullable Verdict effect(Sight sight, Outlook outlook) {
        var pledge = sight.state().pledge();
        var ended = pledge == null ? null : pledge.ended();
        double settling = SETTLING_LEAD_TIMES * spec.arrivalSeconds();
        boolean due = ended != null && sight.snapshot().atSeconds() - ended.atSeconds() >= settling;
        return pledge == null || pledge.refuted() || !due
                ? null
                : Ineffective.effect(pledge, outlook, sight.snapshot(), sight.state().windows());
    }

    private static Pledge.Ended ended(Sight sight) {
        var seen = sight.snapshot();
        double queued =
                seen.prefill().queuedRequests().orElse(0)
                        + seen.decode().queuedRequests().orElse(0);
        return new Pledge.Ended(seen.atSeconds(), queued);
    }

    /// Takes back, once, a complete move that had no effect; null where the fleet is not as it left
    /// it, or the way back is not allowed.
    @Nullable Outcome undo(Sight sight, Pledge pledge, Sizes now) {
        if (!now.equals(pledge.to()) || !spec.allows(pledge.from())) {
            return null;
        }
        double at = sight.snapshot().atSeconds();
        var move =
                switching(sight, now, Move.undoing(pledge, at, at + spec.moveAllowanceSeconds()));
        var stage = Stage.advance(move, spec, sight.commanding(now));
        String text =
                "The move to %s is complete, but what it was meant to mend is no better; going"
                                .formatted(now.ratio())
                        + " back to %s, once.".formatted(pledge.from().ratio());
        return new Outcome(
                sight.state().withSmallerSince(null).withMove(stage.move()),
                new Resize(stage.sizes(), Reason.INEFFECTIVE),
                text);
    }

    /// An open move goes on whatever the traffic says: one move in flight.
    Outcome advance(Sight sight, Conduct conduct, Move open, Sizes now) {
        var state = sight.state();
        var seen = sight.commanding(now);
        var move = redirected(sight, conduct, open, now);
        double at = sight.snapshot().atSeconds();
        double later = at + spec.moveAllowanceSeconds();
        var stage = Stage.advance(move, spec, seen);
        if (stage.move().phase().ended()) {
            boolean done = stage.move().phase() == Move.Phase.DONE;
            var pledge = state.pledge();
            var kept =
                    done && pledge != null && !pledge.refuted()
                            ? state.pledging(pledge.ended(move.to(), ended(sight)))
                            : state;
            return Outcome.hold(
                    kept.moveEnded(done ? at : later),
                    Counts.of(now),
                    Reason.COOLING_DOWN,
                    (done ? "The move to %s is complete." : "The move was reverted to %s.")
                            .formatted(move.to().ratio()));
        }
        var current = stage.move();
        boolean late = at > current.deadlineSeconds();
        if (late && stage.drains()) {
            current = current.until(later);
            stage = Stage.advance(current, spec, seen);
        } else if (late) {
            if (move.phase() == Move.Phase.COMPENSATING) {
                return Outcome.hold(
                        state.moveEnded(later),
                        Counts.of(now),
                        Reason.COOLING_DOWN,
                        "Going back to %s missed its deadline too; the move is given up."
                                .formatted(move.to().ratio()));
            }
            current = switching(sight, now, move.compensating(instead(sight, move), later));
            stage = Stage.advance(current, spec, seen);
        }
        return staged(state, current, stage);
    }

    /// Where a move goes whose receivers do not come: to what is worth most without more of them
    /// than came; back where that is not known. What was to change its role and did not has its old
    /// one still: it serves there, and frees nothing for anybody by leaving.
    private Sizes instead(Sight sight, Move move) {
        if (Switches.between(spec, move.from(), move.to()).count() > 0) {
            var there = new Sizes(there(sight, Role.PREFILL), there(sight, Role.DECODE));
            return spec.allows(there) ? there : move.from();
        }
        var outlook = sight.outlook();
        if (outlook == null) {
            return move.from();
        }
        var most = new Sizes(came(sight, move, Role.PREFILL), came(sight, move, Role.DECODE));
        return outlook.prospect().best(most);
    }

    /// Replicas of a role that there can be: those that have GPUs, where it waits for more.
    private int came(Sight sight, Move move, Role role) {
        var pool = sight.snapshot().pool(role);
        int there = there(sight, role);
        boolean waits = pool.pending().orElse(0) > 0 || move.to().of(role) > move.from().of(role);
        return waits ? Math.max(there, spec.pool(role).minReplicas()) : Integer.MAX_VALUE;
    }

    private static int there(Sight sight, Role role) {
        var pool = sight.snapshot().pool(role);
        return (int) (pool.ready().orElse(0) + pool.starting().orElse(0));
    }

    private static Outcome staged(State state, Move current, Stage stage) {
        boolean back = current.phase() == Move.Phase.COMPENSATING;
        String doing = stage.move().phase().sentence();
        String text =
                "Moving %sto %s: replicas set to %s%s."
                        .formatted(
                                back ? "back " : "",
                                current.to().ratio(),
                                stage.sizes().ratio(),
                                doing.isEmpty() ? "" : "; " + doing);
        return new Outcome(
                state.withMove(stage.move()),
                new Resize(stage.sizes(), back ? Reason.COMPENSATING : Reason.MOVE_IN_PROGRESS),
                text);
    }

    /// The open move, with another end where that is worth as much as a new move would have to be:
    /// the first windows of a new kind of traffic show only part of it, and it may turn again while
    /// replicas start. What was begun for the old end and serves nobody yet is lost, no more.
    private Move redirected(Sight sight, Conduct conduct, Move move, Sizes now) {
        var outlook = sight.outlook();
        if (outlook == null || move.phase() == Move.Phase.COMPENSATING) {
            return move;
        }
        var better = Choice.of(sight, outlook, move.to()).redirecting(move);
        if (better == null || !mayTurn(sight, conduct, move, better.wanted())) {
            return move;
        }
        var wanted = better.wanted();
        double least = outlook.servedBare(move.to()) - Outlook.SAME_SHARE;
        boolean taking =
                Evidence.asksForMore(outlook, sight.snapshot())
                        && outlook.servedBare(wanted) >= least;
        boolean asked = taking || !wanted.takesFrom(move.to());
        boolean bounded = bounded(sight, now, wanted, move.from(), move.to());
        return asked && bounded
                ? switching(
                        sight,
                        now,
                        move.to(wanted, sight.snapshot().atSeconds() + spec.moveAllowanceSeconds()))
                : move;
    }

    /// Whoever follows advice may be a stabilisation window behind, and where nobody counts what
    /// drains it is presumed from the ends of the move: then these only go further the same way.
    private static boolean mayTurn(Sight sight, Conduct conduct, Move move, Sizes wanted) {
        var seen = sight.snapshot();
        boolean counted = seen.prefill().draining().known() && seen.decode().draining().known();
        return move.sameWay(wanted) || (conduct == Conduct.CONTROL && counted);
    }

    /// Whether a pair may be gone to: by the longest step, by what `behavior` allows now, and by
    /// the fewest GPUs.
    ///
    /// @param now replicas commanded at present
    /// @param from where the move began
    /// @param held what the fleet is to hold without it
    private boolean bounded(Sight sight, Sizes now, Sizes wanted, Sizes from, Sizes held) {
        int most = spec.tuning().maxStepReplicas();
        boolean near =
                Math.abs(wanted.prefill() - from.prefill()) <= most
                        && Math.abs(wanted.decode() - from.decode()) <= most;
        var allowance =
                Allowance.of(
                        spec.tuning().behavior(),
                        sight.state().recent(),
                        now,
                        wanted,
                        sight.snapshot().atSeconds());
        return near
                && spec.gpus(wanted) >= Math.min(spec.minBudgetGpus(), spec.gpus(held))
                && allowance.allows(wanted);
    }

    /// The pair with every replica kept that the budget still allows: a role gives only what the
    /// other needs, since giving GPUs back has its own, slower rule.
    Sizes keeping(Sizes now, Sizes wanted) {
        var kept = wanted;
        for (var role : Role.values()) {
            while (kept.of(role) < now.of(role)
                    && spec.gpus(kept.plus(role, 1)) <= spec.budgetGpus()) {
                kept = kept.plus(role, 1);
            }
        }
        return kept;
    }

    /// Cuts a fleet that holds more than the budget: to what serves most of the demand where that
    /// is known, else keeping its ratio. Needs no traffic: a budget is a promise whatever the load.
    ///
    /// @param outlook null where the demand is not known
    Outcome trim(Sight sight, Sizes now, @Nullable Outlook outlook) {
        var even = evenly(now);
        var cut = outlook == null ? even : serving(outlook, now, even);
        if (cut.equals(now)) {
            return Outcome.hold(
                    sight.state(),
                    Counts.of(now),
                    Reason.OVER_BUDGET,
                    "One pool is below its minimum; nothing to remove.");
        }
        var begun = begin(sight, now, cut);
        String text =
                "%s holds %d GPUs, the budget is %d; cutting to %s."
                        .formatted(now.ratio(), spec.gpus(now), spec.budgetGpus(), cut.ratio());
        return new Outcome(begun.state(), new Resize(begun.sizes(), Reason.OVER_BUDGET), text);
    }

    /// Fits the fleet to the GPUs that are there: those of one role serve as the other, for which
    /// replicas wait; null where none wait in vain, it gains too little, or a bound forbids it.
    @Nullable Outcome fit(Sight sight, Outlook outlook, Sizes now) {
        var shortage = Shortage.of(sight, outlook);
        var to = shortage == null ? null : shortage.fitting(outlook);
        if (shortage == null || to == null || !bounded(sight, now, to, now, now)) {
            return null;
        }
        var begun = begin(sight, now, to);
        String text =
                "%s is commanded and %d prefill and %d decode replicas wait for GPUs that do not"
                                .formatted(
                                        now.ratio(),
                                        shortage.waiting().prefill(),
                                        shortage.waiting().decode())
                        + " come; going to %s, for which the GPUs that are there are enough."
                                .formatted(to.ratio());
        return new Outcome(begun.state(), new Resize(begun.sizes(), Reason.GPUS_MISSING), text);
    }

    /// Replica by replica from the pool that is ahead, as far as whole replicas let the ratio be
    /// kept.
    private Sizes evenly(Sizes now) {
        var cut = now;
        while (spec.gpus(cut) > spec.budgetGpus()) {
            boolean prefillCan = cut.prefill() > spec.prefill().minReplicas();
            boolean decodeCan = cut.decode() > spec.decode().minReplicas();
            if (!prefillCan && !decodeCan) {
                break;
            }
            boolean prefillAhead =
                    (long) cut.prefill() * now.decode() >= (long) cut.decode() * now.prefill();
            boolean prefill = prefillCan && (prefillAhead || !decodeCan);
            cut = cut.plus(prefill ? Role.PREFILL : Role.DECODE, -1);
        }
        return cut;
    }

    /// The pair within the budget that carries most of the demand without a replica more in either
    /// pool; of several the one with the most GPUs, so that no more is taken than must be.
    private Sizes serving(Outlook outlook, Sizes now, Sizes even) {
        var best = even;
        for (int p = spec.prefill().minReplicas(); p <= now.prefill(); p++) {
            int room = spec.budgetGpus() - spec.gpus(new Sizes(p, 0));
            int most = Math.min(now.decode(), room / spec.decode().gpusPerReplica());
            if (most < spec.decode().minReplicas()) {
                break;
            }
            var pair = new Sizes(p, most);
            double more = outlook.served(pair) - outlook.served(best);
            boolean fuller = more >= 0 && spec.gpus(pair) > spec.gpus(best);
            if (spec.gpus(best) > spec.budgetGpus() || more > SERVED_SAME || fuller) {
                best = pair;
            }
        }
        return best;
    }
}
