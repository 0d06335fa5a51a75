package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.core.Decision.Hold;
import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Stage;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.plan.Planner.Pair;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.Locale;

/// The guardrails between a plan and a move.
///
/// @param allowanceSeconds how long a move may take before it is taken back
/// @param queued whether more waits than the promise lets wait
record Choice(
        ServiceSpec spec,
        State state,
        Snapshot snapshot,
        WorkloadEstimate estimate,
        Capacity capacity,
        Demand demand,
        Plan plan,
        Pair now,
        double allowanceSeconds,
        boolean queued) {

    /// Shares closer than this are the same to a capacity found by bisection.
    private static final double SAME_SHARE = 1e-6;

    Step step() {
        if (plan.prefill() == now.prefill() && plan.decode() == now.decode()) {
            return hold(state.withSmallerSince(-1), Reason.ALREADY_MATCHED);
        }
        double at = snapshot.atSeconds();
        if (state.transitionSinceSeconds() >= 0
                && at - state.transitionSinceSeconds() <= allowanceSeconds) {
            return hold(state, Reason.FLEET_IN_TRANSITION);
        }
        int gpusNow = spec.gpus(now.prefill(), now.decode());
        double cooldown = spec.tuning().cooldownLeadTimes() * spec.leadTimeSeconds();
        boolean cooling =
                state.lastMoveEndSeconds() >= 0 && at - state.lastMoveEndSeconds() < cooldown;
        double gain = plan.servedShare() - servedNow();
        if (gain > spec.tuning().minGain()) {
            return cooling
                    ? hold(state.withSmallerSince(-1), Reason.COOLING_DOWN)
                    : begin(gpusNow < plan.gpus() ? Reason.GROW : Reason.REBALANCE);
        }
        if (plan.gpus() < gpusNow && servedNow() >= 1 && !queued) {
            double since = state.smallerSinceSeconds() >= 0 ? state.smallerSinceSeconds() : at;
            var waiting = state.withSmallerSince(since);
            if (at - since < spec.tuning().scaleDownWindowSeconds()) {
                return hold(waiting, Reason.SCALE_DOWN_STABILISING);
            }
            return cooling ? hold(waiting, Reason.COOLING_DOWN) : begin(Reason.SHRINK);
        }
        return hold(
                state.withSmallerSince(-1),
                plan.unreachable() ? Reason.UNREACHABLE : Reason.GAIN_BELOW_THRESHOLD);
    }

    private double servedNow() {
        return served(now);
    }

    private double served(Pair pair) {
        return Planner.servedShare(capacity, demand, pair);
    }

    private Step begin(Reason reason) {
        var to = target();
        boolean removes = to.prefill() < now.prefill() || to.decode() < now.decode();
        if (to.equals(now)) {
            return hold(state.withSmallerSince(-1), Reason.GAIN_BELOW_THRESHOLD);
        }
        if (removes && served(to) < servedNow() - SAME_SHARE) {
            return hold(state.withSmallerSince(-1), Reason.REMOVAL_UNSAFE);
        }
        double at = snapshot.atSeconds();
        var move =
                Move.planned(
                        now.prefill(),
                        now.decode(),
                        to.prefill(),
                        to.decode(),
                        at,
                        at + allowanceSeconds);
        var stage = Stage.advance(move, spec, snapshot);
        var next = state.withSmallerSince(-1).withMove(stage.move());
        return new Step(
                next, new Resize(stage.prefill(), stage.decode(), reason), explain(next, reason));
    }

    /// As much of the plan as one move may do. A donor that gives less than the plan wants leaves
    /// less for the receiver, so growth is cut until the pair fits the budget.
    private Pair target() {
        int p = bounded(now.prefill(), plan.prefill(), Role.PREFILL);
        int d = bounded(now.decode(), plan.decode(), Role.DECODE);
        while (spec.gpus(p, d) > spec.budgetGpus() && (p > now.prefill() || d > now.decode())) {
            if (p > now.prefill()) {
                p--;
            } else {
                d--;
            }
        }
        return new Pair(p, d);
    }

    private int bounded(int from, int to, Role role) {
        int most = spec.tuning().maxStepReplicas();
        int step = Math.max(-most, Math.min(most, to - from));
        var pool = spec.pool(role);
        return Math.min(pool.maxReplicas(), Math.max(pool.minReplicas(), from + step));
    }

    private Step hold(State next, Reason reason) {
        return new Step(next, new Hold(now.prefill(), now.decode(), reason), explain(next, reason));
    }

    private Explanation explain(State next, Reason reason) {
        String text =
                String.format(
                        Locale.ROOT,
                        "%s: %.1f req/s at ISL %.0f, OSL %.0f need %s; %dP%dD carries %.0f %% of"
                                + " that, %s carries %.0f %%.%s",
                        reason.sentence(),
                        estimate.requestsPerSecond(),
                        estimate.inputTokens(),
                        estimate.outputTokens(),
                        plan.ratio(),
                        now.prefill(),
                        now.decode(),
                        100 * servedNow(),
                        plan.ratio(),
                        100 * plan.servedShare(),
                        plan.unreachable()
                                ? " No replica count keeps the promise: service time alone"
                                        + " breaks it; sizes are for throughput."
                                : "");
        var limiting =
                plan.limiting() == Plan.Limit.NONE
                        ? Planner.limitingNow(capacity, demand, now)
                        : plan.limiting();
        return new Explanation(
                text,
                estimate,
                demand,
                plan,
                servedNow(),
                limiting,
                next.move(),
                next.calibration());
    }
}
