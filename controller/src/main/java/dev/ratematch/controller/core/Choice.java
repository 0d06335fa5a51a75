package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.core.Decision.Hold;
import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Stage;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.Locale;

/// The guardrails between a plan and a move.
///
/// @param bare the demand without margin: what is really asked now, backlog included
/// @param plan for the demand with its margin
/// @param lean what would have sufficed for the highest rate of late
/// @param allowanceSeconds how long a move may take before it is taken back
/// @param queued whether more waits than the promise lets wait
record Choice(
        ServiceSpec spec,
        State state,
        Snapshot snapshot,
        WorkloadEstimate estimate,
        Capacity capacity,
        Demand demand,
        Demand bare,
        Plan plan,
        Plan lean,
        Sizes now,
        double allowanceSeconds,
        boolean queued) {

    /// Shares closer than this are the same to a capacity found by bisection.
    private static final double SAME_SHARE = 1e-6;

    /// Gain that is acted on at once; a smaller one waits until a queue has lasted.
    private static final double PLAIN_GAIN = 0.3;

    /// Share of what the promise allows from which waiting counts as strain.
    private static final double STRAIN = 0.25;

    /// Unserved share of the bare demand that no error of the model explains.
    private static final double PLAIN_SHORTAGE = 0.1;

    private static final double MILLIS = 1e3;

    /// Gain in served demand, margin included, that is worth taking replicas from the other role.
    static final double TAKING_GAIN = 0.1;

    Step step() {
        if (pair(plan).equals(now)) {
            return hold(
                    state.withSmallerSince(-1),
                    modelSuspect() ? Reason.MODEL_SUSPECT : Reason.ALREADY_MATCHED);
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
            return improve(gain, cooling);
        }
        if (lean.gpus() < gpusNow
                && served(pair(lean)) >= 1
                && servedNow() >= 1
                && !queued
                && !latencyBroken()) {
            double since = state.smallerSinceSeconds() >= 0 ? state.smallerSinceSeconds() : at;
            var waiting = state.withSmallerSince(since);
            if (at - since < spec.tuning().scaleDownWindowSeconds()) {
                return hold(waiting, Reason.SCALE_DOWN_STABILISING);
            }
            return cooling
                    ? hold(waiting, Reason.COOLING_DOWN)
                    : begin(survivingALoss(pair(lean)), Reason.SHRINK);
        }
        if (plan.unreachable()) {
            return hold(state.withSmallerSince(-1), Reason.UNREACHABLE);
        }
        return hold(
                state.withSmallerSince(-1),
                modelSuspect() ? Reason.MODEL_SUSPECT : Reason.GAIN_BELOW_THRESHOLD);
    }

    /// Whether the model says that all is carried while a promise is measured to be broken, and no
    /// queue that is being worked off explains it. Of a promise that no size keeps it never says
    /// so.
    private boolean modelSuspect() {
        return !plan.unreachable()
                && latencyBroken()
                && Planner.servedShare(capacity, bare, now) >= 1 - SAME_SHARE
                && !queueFalls();
    }

    /// Whether a mean is over its promise. A promise at a percentile is then broken beyond doubt.
    private boolean latencyBroken() {
        var traffic = snapshot.traffic();
        return traffic.ttftMeanSeconds().orElse(0) > spec.slo().ttftSeconds()
                || traffic.itlMeanSeconds().orElse(0) > spec.slo().itlSeconds();
    }

    private boolean queueFalls() {
        var windows = state.windows();
        if (windows.size() < 2) {
            return false;
        }
        var newest = windows.getLast();
        var before = windows.get(windows.size() - 2);
        return newest.prefillQueued() + newest.decodeQueued()
                < before.prefillQueued() + before.decodeQueued();
    }

    /// The pair with one replica more in a pool that gives some back, where the loss of one of
    /// those that are left would leave requests unserved.
    private Sizes survivingALoss(Sizes wanted) {
        int p = wanted.prefill();
        int d = wanted.decode();
        if (p < now.prefill() && p > 1 && !carries(new Sizes(p - 1, d))) {
            p++;
        }
        if (d < now.decode() && d > 1 && !carries(new Sizes(p, d - 1))) {
            d++;
        }
        return new Sizes(p, d);
    }

    private boolean carries(Sizes pair) {
        return Planner.servedShare(capacity, bare, pair) >= 1 - SAME_SHARE;
    }

    /// More replicas cost nothing but GPUs. Taking from one role for the other costs its capacity
    /// for a lead time, so that is done only where requests go unserved beyond doubt or the promise
    /// is seen broken, and where the move helps the requests that are there, not the margin alone.
    private Step improve(double gain, boolean cooling) {
        var wanted = keeping(spec, now, pair(plan));
        boolean takes = wanted.prefill() < now.prefill() || wanted.decode() < now.decode();
        var waiting = state.withSmallerSince(-1);
        if (takes) {
            double bareNow = Planner.servedShare(capacity, bare, now);
            double bareGain = Planner.servedShare(capacity, bare, wanted) - bareNow;
            boolean pressed = promiseBroken() || (1 - bareNow > PLAIN_SHORTAGE && strained());
            boolean plain = gain > PLAIN_GAIN || queuedBefore();
            if (!pressed || !plain || gain < TAKING_GAIN || bareGain < spec.tuning().minGain()) {
                return hold(waiting, Reason.GAIN_BELOW_THRESHOLD);
            }
        }
        if (cooling) {
            return hold(waiting, Reason.COOLING_DOWN);
        }
        int gpusNow = spec.gpus(now.prefill(), now.decode());
        return begin(wanted, gpusNow < plan.gpus() ? Reason.GROW : Reason.REBALANCE);
    }

    /// Whether there has been a queue for half a lead time before this window, so that this is no
    /// burst that has passed by the time the move is done.
    private boolean queuedBefore() {
        var windows = state.windows();
        if (windows.size() < 2) {
            return false;
        }
        var newest = windows.getLast();
        double since = newest.atSeconds() - newest.seconds() - spec.leadTimeSeconds() / 2;
        double usual = STRAIN * estimate.requestsPerSecond() * spec.slo().ttftSeconds();
        int i = windows.size() - 2;
        do {
            var before = windows.get(i);
            if (before.prefillQueued() + before.decodeQueued() <= usual) {
                return false;
            }
            i--;
        } while (i >= 0 && windows.get(i).atSeconds() > since);
        return true;
    }

    /// Whether anything measured bears a shortage out. A model that sees one where nothing waits
    /// and every latency is far from its promise is wrong.
    private boolean strained() {
        var traffic = snapshot.traffic();
        double waiting = estimate.prefillBacklogRequests() + estimate.decodeBacklogRequests();
        boolean unknown = !traffic.ttftMeanSeconds().known() && !traffic.itlMeanSeconds().known();
        return unknown
                || waiting > STRAIN * estimate.requestsPerSecond() * spec.slo().ttftSeconds()
                || traffic.ttftMeanSeconds().orElse(0) > STRAIN * spec.slo().ttftSeconds()
                || traffic.itlMeanSeconds().orElse(0) > 0.8 * spec.slo().itlSeconds();
    }

    /// Means only: the engines' histograms are too coarse around the promise for quantiles.
    private boolean promiseBroken() {
        var traffic = snapshot.traffic();
        return queued
                || traffic.ttftMeanSeconds().orElse(0) > spec.slo().ttftSeconds() / 2
                || traffic.itlMeanSeconds().orElse(0) > spec.slo().itlSeconds();
    }

    /// The pair with every replica kept that the budget still allows: a role gives only what the
    /// other needs, since giving GPUs back has its own, slower rule.
    static Sizes keeping(ServiceSpec spec, Sizes now, Sizes wanted) {
        int p = wanted.prefill();
        int d = wanted.decode();
        while (p < now.prefill() && spec.gpus(p + 1, d) <= spec.budgetGpus()) {
            p++;
        }
        while (d < now.decode() && spec.gpus(p, d + 1) <= spec.budgetGpus()) {
            d++;
        }
        return new Sizes(p, d);
    }

    static Sizes pair(Plan plan) {
        return new Sizes(plan.prefill(), plan.decode());
    }

    private double servedNow() {
        return served(now);
    }

    private double served(Sizes pair) {
        return Planner.servedShare(capacity, demand, pair);
    }

    private Step begin(Sizes wanted, Reason reason) {
        var to = target(wanted);
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
    private Sizes target(Sizes wanted) {
        int p = bounded(now.prefill(), wanted.prefill(), Role.PREFILL);
        int d = bounded(now.decode(), wanted.decode(), Role.DECODE);
        while (spec.gpus(p, d) > spec.budgetGpus() && (p > now.prefill() || d > now.decode())) {
            if (p > now.prefill()) {
                p--;
            } else {
                d--;
            }
        }
        return new Sizes(p, d);
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

    /// What contradicts the model, for people.
    private String measured() {
        var traffic = snapshot.traffic();
        double ttft = traffic.ttftMeanSeconds().orElse(0);
        boolean first = ttft > spec.slo().ttftSeconds();
        double seen = first ? ttft : traffic.itlMeanSeconds().orElse(0);
        double promised = first ? spec.slo().ttftSeconds() : spec.slo().itlSeconds();
        return String.format(
                Locale.ROOT,
                " But the mean %s is measured at %.1f ms, the promise is %.1f ms, and the"
                        + " model does not explain it. Check model, GPU, parallelism and batch limits.",
                first ? "TTFT" : "ITL",
                MILLIS * seen,
                MILLIS * promised);
    }

    private Sizes end(State next) {
        var move = next.move();
        return move == null ? now : new Sizes(move.toPrefill(), move.toDecode());
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
                        reason == Reason.MODEL_SUSPECT
                                ? measured()
                                : plan.unreachable()
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
                next.calibration(),
                new Assessor(spec, capacity, estimate, demand)
                        .assess(now, end(next), snapshot, next.calibration()));
    }
}
