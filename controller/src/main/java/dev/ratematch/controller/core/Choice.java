package dev.ratematch.controller.core;

import dev.ratematch.controller.core.Decision.Hold;
import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Stage;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.Locale;

/// The guardrails between a plan and a move.
record Choice(
        ServiceSpec spec,
        State state,
        Snapshot snapshot,
        WorkloadEstimate estimate,
        Demand demand,
        Plan plan,
        double servedNow,
        int prefill,
        int decode) {

    Step step(double allowanceSeconds) {
        double now = snapshot.atSeconds();
        int gpusNow = spec.gpus(prefill, decode);
        if (plan.prefill() == prefill && plan.decode() == decode) {
            return hold(state.withSmallerSince(-1), Reason.ALREADY_MATCHED);
        }
        if (inTransition(snapshot.prefill()) || inTransition(snapshot.decode())) {
            return hold(state, Reason.FLEET_IN_TRANSITION);
        }
        double cooldown = spec.tuning().cooldownLeadTimes() * spec.leadTimeSeconds();
        boolean cooling =
                state.lastMoveEndSeconds() >= 0 && now - state.lastMoveEndSeconds() < cooldown;
        double gain = plan.servedShare() - servedNow;
        if (gain > spec.tuning().minGain()) {
            if (cooling) {
                return hold(state, Reason.COOLING_DOWN);
            }
            return begin(gpusNow < plan.gpus() ? Reason.GROW : Reason.REBALANCE, allowanceSeconds);
        }
        if (plan.gpus() < gpusNow && servedNow >= 1) {
            double since = state.smallerSinceSeconds() >= 0 ? state.smallerSinceSeconds() : now;
            var waiting = state.withSmallerSince(since);
            if (now - since < spec.tuning().scaleDownWindowSeconds()) {
                return new Step(
                        waiting,
                        new Hold(prefill, decode, Reason.SCALE_DOWN_STABILISING),
                        explain(waiting, Reason.SCALE_DOWN_STABILISING));
            }
            return cooling
                    ? hold(waiting, Reason.COOLING_DOWN)
                    : begin(Reason.SHRINK, allowanceSeconds);
        }
        return hold(state.withSmallerSince(-1), Reason.GAIN_BELOW_THRESHOLD);
    }

    private static boolean inTransition(PoolReading pool) {
        return pool.starting().orElse(0) + pool.pending().orElse(0) + pool.draining().orElse(0) > 0;
    }

    private Step begin(Reason reason, double allowanceSeconds) {
        double now = snapshot.atSeconds();
        var move =
                new Move(
                        prefill,
                        decode,
                        bounded(prefill, plan.prefill(), Role.PREFILL),
                        bounded(decode, plan.decode(), Role.DECODE),
                        Move.Phase.PLANNED,
                        now,
                        now + allowanceSeconds);
        var stage = Stage.advance(move, spec, snapshot);
        var next = state.withSmallerSince(-1).withMove(stage.move());
        return new Step(
                next, new Resize(stage.prefill(), stage.decode(), reason), explain(next, reason));
    }

    private int bounded(int from, int to, Role role) {
        int most = spec.tuning().maxStepReplicas();
        int step = Math.max(-most, Math.min(most, to - from));
        var pool = spec.pool(role);
        return Math.min(pool.maxReplicas(), Math.max(pool.minReplicas(), from + step));
    }

    private Step hold(State next, Reason reason) {
        return new Step(next, new Hold(prefill, decode, reason), explain(next, reason));
    }

    private Explanation explain(State next, Reason reason) {
        String text =
                String.format(
                        Locale.ROOT,
                        "%s: %.1f req/s at ISL %.0f, OSL %.0f need %s; %dP%dD carries %.0f %% of"
                                + " that, %s carries %.0f %%.",
                        reason.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        estimate.requestsPerSecond(),
                        estimate.inputTokens(),
                        estimate.outputTokens(),
                        plan.ratio(),
                        prefill,
                        decode,
                        100 * Math.min(1, servedNow),
                        plan.ratio(),
                        100 * plan.servedShare());
        return new Explanation(
                text, estimate, demand, plan, servedNow, next.move(), next.calibration());
    }
}
