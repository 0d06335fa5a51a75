package dev.ratematch.controller.core;

import dev.ratematch.controller.core.Decision.Hold;
import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.estimate.Unsure;
import dev.ratematch.controller.guard.Evidence;
import dev.ratematch.controller.guard.Ineffective;
import dev.ratematch.controller.guard.Pace;
import dev.ratematch.controller.guard.Proposal;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.guard.ScaleDownStabilising;
import dev.ratematch.controller.guard.Verdict;
import dev.ratematch.controller.guard.Weighed;
import dev.ratematch.controller.move.Allowance;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Pledge;
import dev.ratematch.controller.move.Recent;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.prospect.Outgrown;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// From a plan to what it suggests, and from there, where no guard holds it, to a move.
///
/// @param plan what is worth most over what may come
record Choice(Sight sight, Outlook outlook, Sizes now, Plan plan) {

    /// Share of what comes that less than is short beyond what a forecast is usually off by.
    private static final double SHORT = 0.8;

    /// Share by which mean lengths may differ from window to window by chance, and one window tell.
    private static final double NOISY = 0.2;

    /// Share of what a shortage leaves waiting in a window that bears it out.
    private static final double LEFT = 0.25;

    static Choice of(Sight sight, Outlook outlook, Sizes now) {
        return new Choice(sight, outlook, now, outlook.plan());
    }

    /// Asks the guards, and begins the move that none of them holds.
    ///
    /// @param ask the first verdict that holds, null for none
    Outcome decide(Function<Weighed, @Nullable Verdict> ask) {
        var proposal = proposal();
        var weighed =
                new Weighed(
                        sight.snapshot(),
                        sight.state().windows(),
                        outlook,
                        plan,
                        now,
                        pace(proposal),
                        sight.state().pledge(),
                        proposal);
        var verdict = ask.apply(weighed);
        var recent = wished(proposal);
        if (verdict != null) {
            var reason = verdict.guard();
            var decision = new Hold(Counts.of(now), reason);
            return outcome(
                    held(weighed, reason).withRecent(recent), decision, verdict.text(), proposal);
        }
        if (proposal == null) {
            throw new IllegalStateException("no guard held the fleet and nothing was proposed");
        }
        var begun = moves().begin(sight, now, proposal.to());
        return outcome(
                taught(begun.state(), proposal).withRecent(recent).pledging(pledge(proposal)),
                new Resize(begun.sizes(), proposal.reason()),
                "",
                proposal);
    }

    /// What the move teaches: that it was made in calm, or that counts did not do.
    private State taught(State state, Proposal proposal) {
        var experience = state.experience();
        boolean calm = proposal.calm() && proposal.to().takesFrom(now);
        return state.experiencing(
                calm
                        ? experience.recentred(sight.snapshot().atSeconds())
                        : experience
                                .recentred(null)
                                .outgrowing(now, proposal.to(), work(), unsure()));
    }

    private Outgrown.Work work() {
        var load = outlook.estimate();
        double rate = load.requestsPerSecond();
        return new Outgrown.Work(rate * load.uncachedInputTokens(), rate * load.outputTokens());
    }

    /// The pair with no role where it was seen not to do for such work.
    private Sizes sufficing(Sizes pair) {
        var outgrown = sight.state().experience().outgrown();
        var kept = pair;
        for (var role : Role.values()) {
            int least = outgrown.least(role, work());
            kept = kept.with(role, Math.max(pair.of(role), Math.min(now.of(role), least)));
        }
        return kept;
    }

    /// What the move is held to: where all should be carried at its end with the margin, and
    /// something is broken now.
    private @Nullable Pledge pledge(Proposal proposal) {
        var before = Ineffective.measured(outlook, sight.snapshot());
        boolean pledged =
                proposal.reason() != Reason.SHRINK
                        && before.broken()
                        && outlook.served(proposal.to()) >= 1;
        return pledged ? new Pledge(now, proposal.to(), before, null, false) : null;
    }

    private ServiceSpec spec() {
        return outlook.spec();
    }

    private Moves moves() {
        return new Moves(spec());
    }

    private Recent wished(@Nullable Proposal proposal) {
        return sight.state()
                .recent()
                .wishing(
                        sight.snapshot().atSeconds(),
                        now,
                        proposal == null ? now : proposal.wanted(),
                        spec().tuning().behavior().longestWindowSeconds());
    }

    /// The clock of a smaller fleet runs while one would do and only time is missing.
    private State held(Weighed weighed, Reason reason) {
        var state = sight.state();
        return switch (reason) {
            case FLEET_IN_TRANSITION -> state;
            case SCALE_DOWN_STABILISING, COOLING_DOWN, SCALING_POLICY ->
                    state.withSmallerSince(weighed.pace().smallerSinceSeconds());
            default -> state.withSmallerSince(null);
        };
    }

    private Pace pace(@Nullable Proposal proposal) {
        var state = sight.state();
        boolean smaller = proposal != null && proposal.reason() == Reason.SHRINK;
        var since = state.smallerSinceSeconds();
        Double began = since == null ? Double.valueOf(sight.snapshot().atSeconds()) : since;
        return new Pace(
                state.lastMoveEndSeconds(), smaller ? began : null, state.transitionSinceSeconds());
    }

    private @Nullable Proposal proposal() {
        var better = better();
        var more = better == null ? relief() : better;
        return more == null ? smaller() : more;
    }

    private @Nullable Proposal better() {
        return better(proven());
    }

    /// More replicas, or another split. Replicas more are begun at once, taking from a role where
    /// it is proven that what is there does not do; without proof two windows must agree; and where
    /// nothing presses at all, only what was better all the time is done. Without proof no role
    /// goes back to what was seen not to do; an open move may still turn, since its end was not
    /// tried yet.
    ///
    /// @param proven whether one window is enough
    private @Nullable Proposal better(boolean proven) {
        double window = sight.snapshot().windowSeconds().orElse(0);
        var wanted = fitting(plan.sizes());
        if (wanted.takesFrom(now) && !proven) {
            wanted = bestSince(window);
        }
        boolean calm =
                !falling() && Evidence.calm(outlook, sight.snapshot(), sight.state().windows());
        boolean tried = calm || (sight.state().move() == null && !falling());
        if (wanted.takesFrom(now) && tried && !sufficing(wanted).equals(wanted)) {
            wanted = now;
        }
        if (calm && wanted.takesFrom(now) && !outlook.prospect().turnsSoon()) {
            wanted = rested() ? bestSince(spec().tuning().recentreWindowSeconds()) : now;
        }
        // Haste saves no target that nothing meets, and would trade to and fro with the noise.
        if (plan.unreachable() && wanted.takesFrom(now)) {
            wanted = bestSince(spec().tuning().recentreWindowSeconds());
        }
        double least = spec().tuning().minGain();
        double gain = outlook.prospect().gain(now, wanted);
        if (!(gain > least)) {
            wanted = growing(plan.sizes());
            gain = outlook.prospect().gain(now, wanted);
        }
        boolean broken = Evidence.latencyBroken(spec(), sight.snapshot());
        boolean sure = wanted.takesFrom(now) || falling() || broken || gainsSurely(wanted);
        if (!(gain > least) || !sure) {
            return null;
        }
        var reason = spec().gpus(now) < spec().gpus(wanted) ? Reason.GROW : Reason.REBALANCE;
        return proposal(wanted, wanted, reason, gain, calm);
    }

    /// Whether it is better also if as much less comes than was counted as chance explains: else
    /// the one window in which many came gives more.
    private boolean gainsSurely(Sizes wanted) {
        return outlook.prospect().asked(unsure().least()).gain(now, wanted) > 0;
    }

    private Unsure unsure() {
        return Estimator.unsure(sight.state().windows());
    }

    /// Another replica of the role that is seen to hold things up, where the model says that all is
    /// carried: it is the model that is wrong, and free GPUs need not wait until it has learnt
    /// that. One at a time: an open move is not made longer by it.
    private @Nullable Proposal relief() {
        if (plan.unreachable()
                || !Evidence.modelSuspect(
                        outlook, sight.snapshot(), sight.state().windows(), now)) {
            return null;
        }
        var role = holdingUp();
        var wanted = role == null ? now : now.plus(role, 1);
        return role == null || !spec().allows(wanted)
                ? null
                : proposal(wanted, wanted, Reason.GROW, 0, false);
    }

    /// Decode by its ITL, either role by its queue.
    private @Nullable Role holdingUp() {
        double itl = sight.snapshot().traffic().itlMeanSeconds().orElse(0);
        return itl > spec().slo().itlSeconds() ? Role.DECODE : outlook.holdingUp();
    }

    /// The same for the end of an open move: to turn round two windows must agree, since one of a
    /// burst or of its end looks like a turn.
    @Nullable Proposal redirecting(Move open) {
        var better = better();
        return better == null || open.sameWay(better.wanted()) ? better : better(false);
    }

    /// Whether one window is enough: what is there falls short. Not where mean lengths jump about
    /// anyway: then a few huge prompts look like a turn.
    private boolean proven() {
        return falling() && !(Estimator.lengthNoise(sight.state().windows()) > NOISY);
    }

    /// Whether what is there does not do: a queue that must break the promise, or strain where the
    /// model sees a shortage that is no matter of margins.
    private boolean falling() {
        return outlook.queued()
                || (outlook.servedBare(now) < SHORT
                        && Evidence.asksForMore(outlook, sight.snapshot())
                        && leftWaiting());
    }

    /// Whether as much waits as a shortage of prefill alone leaves in a window. Where traffic has
    /// just turned, requests of now are counted with the lengths of those that ended, and it is
    /// none.
    private boolean leftWaiting() {
        if (!sight.snapshot().prefill().queuedRequests().known() || carried(Role.DECODE) < SHORT) {
            return true;
        }
        var load = outlook.estimate();
        double came = load.requestsPerSecond() * sight.snapshot().windowSeconds().orElse(0);
        double left = (1 - carried(Role.PREFILL)) * came;
        return load.prefillBacklogRequests() + load.decodeBacklogRequests() >= LEFT * left;
    }

    /// Share of what is asked that one role carries, whatever the other does.
    private double carried(Role role) {
        var other = role.other();
        return outlook.servedBare(now.with(other, spec().mostReplicas(other)));
    }

    /// Whether the last move that nothing pressed for is long ago: the next one can wait as long as
    /// giving GPUs back does.
    private boolean rested() {
        var last = sight.state().experience().recentredSeconds();
        double least = ScaleDownStabilising.RESTLESS_WINDOWS * spec().scaleDownWindowSeconds();
        return last == null || sight.snapshot().atSeconds() - last >= least;
    }

    /// The pair with replicas more towards what is best, as far as GPUs are free.
    private Sizes growing(Sizes best) {
        var grown = now;
        for (var role : Role.values()) {
            while (grown.of(role) < best.of(role)
                    && spec().gpus(grown.plus(role, 1)) <= spec().budgetGpus()) {
                grown = grown.plus(role, 1);
            }
        }
        return grown;
    }

    /// What was best for so long, as near to what is there as that allows; what is there where that
    /// is not known, or does not fit. The first plan after a start rests on two windows already.
    private Sizes bestSince(double seconds) {
        var aims = sight.state().experience().aims();
        double since = sight.snapshot().atSeconds() - seconds;
        return aims.reach(since) || aims.points().size() == 1
                ? fitting(aims.nearest(now, since))
                : now;
    }

    private Sizes fitting(Sizes pair) {
        var kept = moves().keeping(now, sparing(pair));
        return spec().gpus(kept) <= spec().budgetGpus() ? kept : now;
    }

    /// The pair with no replica less in the role that holds up what waits, whatever the model says
    /// of it, and as many of the other as the budget then has.
    private Sizes sparing(Sizes pair) {
        var role = outlook.holdingUp();
        if (role == null || pair.of(role) >= now.of(role)) {
            return pair;
        }
        var kept = pair;
        while (kept.of(role) < now.of(role)) {
            kept = kept.plus(role, 1);
        }
        while (spec().gpus(kept) > spec().budgetGpus()
                && kept.of(role.other()) > spec().pool(role.other()).minReplicas()) {
            kept = kept.plus(role.other(), -1);
        }
        return kept;
    }

    /// Fewer replicas: no less than was best at any time since fewer have been.
    private @Nullable Proposal smaller() {
        if (outlook.queued() || Evidence.latencyBroken(spec(), sight.snapshot())) {
            return null;
        }
        double at = sight.snapshot().atSeconds();
        var began = sight.state().smallerSinceSeconds();
        double since = began == null ? at : Math.max(began, at - spec().scaleDownWindowSeconds());
        var aims = sight.state().experience().aims();
        var best = aims.nearest(now, since);
        if (now.takesFrom(best)) {
            // What one role has too much of is what the other one waits for.
            return null;
        }
        var least =
                new Sizes(
                        Math.min(now.prefill(), best.prefill()),
                        Math.min(now.decode(), best.decode()));
        var fewer = Fewer.of(outlook, unsure(), now);
        var kept = sufficing(fewer.holding(fewer.lasting(least), aims.mostGpus(spec(), since)));
        return kept.equals(now)
                ? null
                : proposal(kept, fewer.survivingALoss(kept), Reason.SHRINK, 0, true);
    }

    private Proposal proposal(
            Sizes wanted, Sizes surviving, Reason reason, double gain, boolean calm) {
        var allowance =
                Allowance.of(
                        spec().tuning().behavior(),
                        sight.state().recent(),
                        now,
                        surviving,
                        sight.snapshot().atSeconds());
        var to = new Target(spec(), now, allowance).of(surviving, reason);
        return new Proposal(wanted, to, reason, gain, calm, allowance);
    }

    private Outcome outcome(
            State next, Decision decision, String more, @Nullable Proposal proposal) {
        var proposed = proposal == null ? null : proposal.to();
        var told = new Wording(outlook, now, plan);
        return new Outcome(
                next,
                decision,
                told.text(decision.reason(), more, proposed),
                plan,
                told.candidates(proposed));
    }
}
