package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.core.Forecast.Pool;
import dev.ratematch.controller.core.Forecast.Turn;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.spec.ServiceSpec;
import org.jspecify.annotations.Nullable;

/// The one place where an assessment is worked out.
record Assessor(Outlook outlook) {

    /// Past the point where a pair no longer suffices.
    private static final double BEYOND = 1.05;

    /// Of the pools as they are and as decided; null where one of them is commanded to be empty.
    @Nullable Assessment assess(Sizes now, Sizes end, Snapshot snapshot, Calibration learnt) {
        if (now.prefill() < 1 || now.decode() < 1) {
            return null;
        }
        var current = forecast(now);
        boolean stays = end.equals(now) || end.prefill() < 1 || end.decode() < 1;
        return new Assessment(
                load(),
                demand(),
                current,
                stays ? current : forecast(end),
                Confidence.of(load(), snapshot, learnt, current.itlSeconds()),
                PastSaving.of(outlook, snapshot, stays ? now : end));
    }

    private ServiceSpec spec() {
        return outlook.spec();
    }

    private Capacity capacity() {
        return outlook.capacity();
    }

    private Capacity expected() {
        return outlook.expected();
    }

    private WorkloadEstimate load() {
        return outlook.estimate();
    }

    private Demand demand() {
        return outlook.demand();
    }

    private Forecast forecast(Sizes pair) {
        int p = pair.prefill();
        int d = pair.decode();
        double rate = load().requestsPerSecond();
        double prefilled = rate * (1 - load().localPrefillShare());
        return new Forecast(
                pair,
                prefill(p, prefilled),
                decode(d, rate),
                capacity().transferRequestsPerSecond(p, d),
                expected().ttftSeconds(p, prefilled),
                expected().ttftMeanSeconds(p, prefilled),
                expected().itlSeconds(d, rate),
                Planner.servedShare(capacity(), demand(), pair),
                Planner.limitingNow(capacity(), demand(), pair),
                growth(pair),
                saving(pair),
                worth(pair, new Sizes(p + 1, d)),
                worth(pair, new Sizes(p, d + 1)),
                loss(pair));
    }

    private Pool prefill(int replicas, double asked) {
        return new Pool(
                capacity().prefillSizingRequestsPerSecond(replicas),
                asked,
                expected().prefillFullRequestsPerSecond(replicas),
                prefillBatch(replicas),
                null);
    }

    private Pool decode(int replicas, double asked) {
        double batch = capacity().decodeBatch(replicas);
        return new Pool(
                capacity().decodeSizingRequestsPerSecond(replicas),
                asked,
                expected().decodeFullRequestsPerSecond(replicas),
                batch,
                capacity().kvFill(batch));
    }

    private double prefillBatch(int replicas) {
        double share = 1 - load().localPrefillShare();
        if (share <= 0) {
            return 0;
        }
        double each = capacity().prefillSizingRequestsPerSecond(replicas) * share / replicas;
        return each <= 0 ? 0 : Math.max(1, each * capacity().iterationSeconds(each));
    }

    private double margin() {
        return 1 + spec().tuning().demandMargin();
    }

    private @Nullable Turn growth(Sizes pair) {
        double limit = Planner.carries(capacity(), pair);
        if (!(limit > 0) || !Double.isFinite(BEYOND * limit)) {
            return null;
        }
        var more = new Demand(BEYOND * limit, BEYOND * limit);
        var least = Planner.solve(spec(), capacity(), more).sizes();
        boolean carriesMore = Planner.carries(capacity(), least) > limit;
        return new Turn(limit / margin(), carriesMore ? nearest(pair, least) : pair);
    }

    /// The pair with at least so many replicas that keeps most of what there is within the budget:
    /// what the present pair would have to become, whatever could be given back beside that.
    private Sizes nearest(Sizes pair, Sizes least) {
        int p = Math.max(pair.prefill(), least.prefill());
        int d = Math.max(pair.decode(), least.decode());
        while (spec().gpus(p, d) > spec().budgetGpus() && p > least.prefill()) {
            p--;
        }
        while (spec().gpus(p, d) > spec().budgetGpus() && d > least.decode()) {
            d--;
        }
        return new Sizes(p, d);
    }

    private @Nullable Turn saving(Sizes pair) {
        Turn best = null;
        for (var smaller :
                new Sizes[] {
                    new Sizes(pair.prefill() - 1, pair.decode()),
                    new Sizes(pair.prefill(), pair.decode() - 1)
                }) {
            if (smaller.prefill() < spec().prefill().minReplicas()
                    || smaller.decode() < spec().decode().minReplicas()) {
                continue;
            }
            double rate = Planner.carries(capacity(), smaller) / margin();
            if (best == null || rate > best.requestsPerSecond()) {
                best = new Turn(rate, smaller);
            }
        }
        return best;
    }

    private double worth(Sizes pair, Sizes larger) {
        double added = Planner.carries(capacity(), larger) - Planner.carries(capacity(), pair);
        return Double.isFinite(added) ? Math.max(0, added) : 0;
    }

    /// Against the continuous optimum at the same GPUs.
    private double loss(Sizes pair) {
        double continuous = Planner.continuous(spec(), capacity(), pair);
        double lost = 1 - Planner.carries(capacity(), pair) / continuous;
        // Where a pool carries nothing there is no optimum to lose against.
        return Double.isFinite(lost) ? Math.clamp(lost, 0, 1) : 0;
    }
}
