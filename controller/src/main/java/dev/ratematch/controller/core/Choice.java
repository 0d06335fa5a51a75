package dev.ratematch.controller.core;

import dev.ratematch.controller.core.Decision.Hold;
import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.core.Explanation.As;
import dev.ratematch.controller.core.Explanation.Candidate;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.guard.Evidence;
import dev.ratematch.controller.guard.Ineffective;
import dev.ratematch.controller.guard.Pace;
import dev.ratematch.controller.guard.Proposal;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.guard.Verdict;
import dev.ratematch.controller.guard.Weighed;
import dev.ratematch.controller.move.Allowance;
import dev.ratematch.controller.move.Pledge;
import dev.ratematch.controller.move.Recent;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// From a plan to what it suggests, and from there, where no guard holds it, to a move.
///
/// @param plan for the demand with its margin
/// @param lean what would have sufficed for the highest rate of late
record Choice(Sight sight, Outlook outlook, Sizes now, Plan plan, Plan lean) {

    static Choice of(Sight sight, Outlook outlook, Sizes now) {
        var spec = outlook.spec();
        double since = sight.snapshot().atSeconds() - spec.scaleDownWindowSeconds();
        double peak =
                Math.max(
                        outlook.demand().requestsPerSecond(),
                        Estimator.peakRate(sight.state().windows(), since)
                                * (1 + spec.tuning().demandMargin()));
        var lean = Planner.solve(spec, outlook.capacity(), new Demand(peak, peak));
        return new Choice(sight, outlook, now, outlook.plan(), lean);
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
                begun.state().withRecent(recent).pledging(pledge(proposal)),
                new Resize(begun.sizes(), proposal.reason()),
                "",
                proposal);
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
        if (plan.sizes().equals(now)) {
            return null;
        }
        double gain = plan.servedShare() - outlook.served(now);
        int gpusNow = spec().gpus(now);
        if (gain > spec().tuning().minGain()) {
            var wanted = moves().keeping(now, plan.sizes());
            var reason = gpusNow < plan.gpus() ? Reason.GROW : Reason.REBALANCE;
            return proposal(wanted, wanted, reason, gain);
        }
        boolean smaller =
                lean.gpus() < gpusNow
                        && outlook.served(lean.sizes()) >= 1
                        && outlook.served(now) >= 1
                        && !outlook.queued()
                        && !Evidence.latencyBroken(spec(), sight.snapshot());
        return smaller
                ? proposal(lean.sizes(), survivingALoss(lean.sizes()), Reason.SHRINK, 0)
                : null;
    }

    /// The pair with one replica more in a pool that gives some back, where the loss of one of
    /// those that are left would leave requests unserved.
    private Sizes survivingALoss(Sizes wanted) {
        var kept = wanted;
        for (var role : Role.values()) {
            int left = kept.of(role);
            if (left < now.of(role) && left > 1 && !outlook.carries(kept.plus(role, -1))) {
                kept = kept.plus(role, 1);
            }
        }
        return kept;
    }

    private Proposal proposal(Sizes wanted, Sizes surviving, Reason reason, double gain) {
        var allowance =
                Allowance.of(
                        spec().tuning().behavior(),
                        sight.state().recent(),
                        now,
                        surviving,
                        sight.snapshot().atSeconds());
        var to = new Target(spec(), now, allowance).of(surviving, reason);
        return new Proposal(wanted, to, reason, gain, allowance);
    }

    private Outcome outcome(
            State next, Decision decision, String more, @Nullable Proposal proposal) {
        // One target in a sentence: what would come of it, not what the plan would be without a
        // fleet.
        var to = proposal == null ? plan.sizes() : proposal.to();
        return new Outcome(
                next, decision, text(decision.reason(), more, to), plan, candidates(proposal));
    }

    private String text(Reason reason, String more, Sizes to) {
        var estimate = outlook.estimate();
        String unreachable =
                "No replica count keeps the promise: service time alone breaks it; sizes are for"
                        + " throughput.";
        String last = more.isEmpty() && plan.unreachable() ? unreachable : more;
        return String.format(
                Locale.ROOT,
                "%s: %.1f req/s at ISL %.0f, OSL %.0f; %s carries %s of what is planned for%s.%s",
                reason.sentence(),
                estimate.requestsPerSecond(),
                estimate.inputTokens(),
                estimate.outputTokens(),
                now.ratio(),
                share(now),
                to.equals(now) ? "" : ", %s %s".formatted(to.ratio(), share(to)),
                last.isEmpty() ? "" : " " + last);
    }

    private String share(Sizes pair) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * outlook.served(pair));
    }

    private List<Candidate> candidates(@Nullable Proposal proposal) {
        var weighed = new ArrayList<Candidate>();
        weighed.add(candidate(As.NOW, now));
        weighed.add(candidate(As.PLAN, plan.sizes()));
        weighed.add(candidate(As.LEAN, lean.sizes()));
        if (proposal != null) {
            weighed.add(candidate(As.PROPOSAL, proposal.to()));
        }
        return weighed;
    }

    private Candidate candidate(As as, Sizes pair) {
        return new Candidate(
                as, pair, spec().gpus(pair), outlook.served(pair), outlook.servedBare(pair));
    }
}
