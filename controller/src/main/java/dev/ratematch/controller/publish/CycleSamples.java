package dev.ratematch.controller.publish;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Forecast;
import dev.ratematch.controller.core.Residual;
import dev.ratematch.controller.guard.Consistency;
import dev.ratematch.controller.guard.Freshness;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.controller.move.Holding;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// One cycle as figures. Pure; what is unknown is left out.
final class CycleSamples {

    /// Rates from here on stand for "no limit".
    private static final double UNLIMITED = 1e9;

    private static final double PERCENT = 100;

    /// One figure.
    ///
    /// @param labels values of the metric's own labels, in their order
    record Sample(CycleMetric metric, List<String> labels, double value) {}

    private final Cycle cycle;
    private final List<Sample> samples = new ArrayList<>();

    private CycleSamples(Cycle cycle) {
        this.cycle = cycle;
    }

    /// What one cycle shows.
    ///
    /// @param record how promises have come out
    static List<Sample> of(Cycle cycle, TrackRecord record) {
        var made = new CycleSamples(cycle);
        made.pools();
        made.traffic();
        made.promise();
        made.decision();
        made.plan();
        made.move();
        made.promises(record);
        return List.copyOf(made.samples);
    }

    /// What is left where no cycle came about: nobody knows anything.
    static List<Sample> refused() {
        return List.of(new Sample(CycleMetric.TELEMETRY_FRESH, List.of(), 0));
    }

    private void put(CycleMetric metric, double value, String... labels) {
        if (Double.isFinite(value)) {
            samples.add(new Sample(metric, List.of(labels), value));
        }
    }

    private void put(CycleMetric metric, Reading reading, String... labels) {
        reading.measured().ifPresent(value -> put(metric, value, labels));
    }

    private void put(CycleMetric metric, OptionalDouble value, String... labels) {
        value.ifPresent(known -> put(metric, known, labels));
    }

    private void put(CycleMetric metric, boolean value, String... labels) {
        put(metric, value ? 1 : 0, labels);
    }

    private void pools() {
        for (var role : Role.values()) {
            var pool = cycle.snapshot().pool(role);
            String of = role.label();
            put(CycleMetric.REPLICAS, pool.desired(), of, "commanded");
            put(CycleMetric.REPLICAS, pool.ready(), of, "ready");
            put(CycleMetric.REPLICAS, pool.starting(), of, "starting");
            put(CycleMetric.REPLICAS, pool.pending(), of, "pending");
            put(CycleMetric.REPLICAS, pool.draining(), of, "draining");
            put(CycleMetric.REPLICAS, pool.failed(), of, "failed");
            put(CycleMetric.POOL_RUNNING, pool.runningRequests(), of);
            put(CycleMetric.POOL_QUEUED, pool.queuedRequests(), of);
            put(CycleMetric.POOL_KV, pool.kvUsed(), of);
            held(role);
            correction(role);
        }
    }

    private void held(Role role) {
        var snapshot = cycle.snapshot();
        var pool = snapshot.pool(role);
        if (!pool.ready().known() && !pool.desired().known()) {
            return;
        }
        var prefill = Holding.seen(snapshot.prefill());
        var decode = Holding.seen(snapshot.decode());
        int gpus = Holding.gpus(role, prefill, decode, cycle.spec());
        put(CycleMetric.POOL_GPUS, gpus, role.label());
    }

    private void correction(Role role) {
        var calibration = cycle.explanation().calibration();
        Residual learnt = role == Role.PREFILL ? calibration.prefill() : calibration.decode();
        if (learnt.weight() > 0) {
            put(CycleMetric.POOL_CORRECTION, learnt.scale(), role.label());
        }
    }

    private void traffic() {
        var traffic = cycle.snapshot().traffic();
        var window = cycle.snapshot().windowSeconds().measured();
        if (window.isPresent() && window.getAsDouble() > 0) {
            traffic.arrived()
                    .measured()
                    .ifPresent(n -> put(CycleMetric.OBSERVED_RATE, n / window.getAsDouble()));
        }
        put(CycleMetric.OBSERVED_INPUT, traffic.inputTokensMean());
        put(CycleMetric.OBSERVED_OUTPUT, traffic.outputTokensMean());
        put(CycleMetric.OBSERVED_HITS, traffic.kvHitRate());
        put(CycleMetric.OBSERVED_TTFT, traffic.ttftMeanSeconds(), "mean");
        put(CycleMetric.OBSERVED_TTFT, traffic.ttftQuantileSeconds(), "percentile");
        put(CycleMetric.OBSERVED_ITL, traffic.itlMeanSeconds(), "mean");
        put(CycleMetric.OBSERVED_ITL, traffic.itlQuantileSeconds(), "percentile");
    }

    private void promise() {
        var slo = cycle.spec().slo();
        put(CycleMetric.SLO_TTFT, slo.ttftSeconds());
        put(CycleMetric.SLO_ITL, slo.itlSeconds());
        put(CycleMetric.SLO_PERCENTILE, slo.percentile() / PERCENT);
        put(CycleMetric.BUDGET_GPUS, cycle.spec().budgetGpus());
        put(CycleMetric.MOVE_ALLOWANCE, cycle.spec().moveAllowanceSeconds());
    }

    private void decision() {
        var decision = cycle.decision();
        String kind = decision.label();
        put(CycleMetric.DECISION, 1, kind, decision.reason().name().toLowerCase(Locale.ROOT));
        put(CycleMetric.ACTING, cycle.acts());
        put(CycleMetric.TELEMETRY_FRESH, Freshness.readable(cycle.snapshot(), decision.reason()));
        put(
                CycleMetric.TELEMETRY_CONSISTENT,
                Consistency.contradiction(cycle.snapshot()).isEmpty());
        put(CycleMetric.LAST_CYCLE, cycle.snapshot().atSeconds());
        var now = cycle.now().sizes();
        if (now != null) {
            put(CycleMetric.CHANGE, !now.equals(cycle.end()));
        }
    }

    private void plan() {
        var why = cycle.explanation();
        var plan = why.plan();
        if (plan != null) {
            put(CycleMetric.SLO_REACHABLE, !plan.unreachable());
            put(CycleMetric.BUDGET_BINDING, plan.limiting() == Plan.Limit.BUDGET);
        }
        var assessed = why.assessment();
        if (assessed == null) {
            return;
        }
        for (var role : Role.values()) {
            capacity(role, assessed.now().of(role));
        }
        var late = assessed.pastSaving();
        if (late != null) {
            put(CycleMetric.PAST_SAVING, late.requests());
            put(CycleMetric.TTFT_BACK, late.backSeconds(), "none");
            put(CycleMetric.TTFT_BACK, late.backWithDeadlineSeconds(), "ttft");
        }
        if (plan != null) {
            var demand = assessed.demand();
            put(CycleMetric.POOL_DEMAND, demand.prefillRequestsPerSecond(), "prefill");
            put(CycleMetric.POOL_DEMAND, demand.decodeRequestsPerSecond(), "decode");
            double carried = assessed.now().servedShare();
            double then = assessed.end().servedShare();
            put(CycleMetric.SERVED, carried, "commanded");
            put(CycleMetric.SERVED, then, "recommended");
            put(CycleMetric.EXPECTED_GAIN, then - carried);
        }
    }

    private void capacity(Role role, Forecast.Pool pool) {
        double carries = pool.requestsPerSecond();
        if (carries > 0 && carries < UNLIMITED) {
            put(CycleMetric.POOL_CAPACITY, carries, role.label());
            put(
                    CycleMetric.POOL_UTILISATION,
                    pool.askedRequestsPerSecond() / carries,
                    role.label());
        }
    }

    private void move() {
        var open = cycle.open();
        put(CycleMetric.MOVE_OPEN, open != null);
        if (open != null) {
            double age = cycle.snapshot().atSeconds() - open.startedSeconds();
            put(CycleMetric.MOVE_AGE, Math.max(0, age));
        }
    }

    private void promises(TrackRecord record) {
        put(CycleMetric.PROMISE_SETTLED, record.settled());
        put(CycleMetric.PROMISE_ERROR, record.servedError(), "served");
        put(CycleMetric.PROMISE_ERROR, record.ttftError(), "ttft");
        put(CycleMetric.PROMISE_ERROR, record.itlError(), "itl");
        put(CycleMetric.PROMISE_MEDIAN_ERROR, record.served().value(), "served");
        put(CycleMetric.PROMISE_MEDIAN_ERROR, record.ttft().value(), "ttft");
        put(CycleMetric.PROMISE_MEDIAN_ERROR, record.itl().value(), "itl");
    }
}
