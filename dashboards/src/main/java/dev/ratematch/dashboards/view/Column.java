package dev.ratematch.dashboards.view;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// A figure that is kept over time, in its unit; not a number where it is unknown or without bound.
///
/// @param label the name in JSON
/// @param index its place in a row
record Column(String label, int index, ToDoubleFunction<Cycle> figure) {

    /// Requests per second that arrived.
    static final Column ARRIVED =
            new Column("arrived", 0, cycle -> rate(cycle, cycle.snapshot().traffic().arrived()));

    /// Requests per second that finished.
    static final Column COMPLETED =
            new Column(
                    "completed", 1, cycle -> rate(cycle, cycle.snapshot().traffic().completed()));

    /// Planned for, margin and backlog included, requests per second.
    static final Column DEMAND = new Column("demand", 2, Column::demand);

    /// Carried within the promise by the commanded pools, by the model, requests per second.
    static final Column CARRIED = new Column("carried", 3, Column::carried);

    /// Mean ISL, tokens.
    static final Column ISL =
            new Column("isl", 4, cycle -> number(cycle.snapshot().traffic().inputTokensMean()));

    /// Mean OSL, tokens.
    static final Column OSL =
            new Column("osl", 5, cycle -> number(cycle.snapshot().traffic().outputTokensMean()));

    /// Mean TTFT, seconds.
    static final Column TTFT_MEAN =
            new Column(
                    "ttft_mean", 6, cycle -> number(cycle.snapshot().traffic().ttftMeanSeconds()));

    /// TTFT at the promise's percentile, seconds.
    static final Column TTFT =
            new Column(
                    "ttft", 7, cycle -> number(cycle.snapshot().traffic().ttftQuantileSeconds()));

    /// Promised TTFT, seconds.
    static final Column TTFT_PROMISED =
            new Column("ttft_promised", 8, cycle -> cycle.spec().slo().ttftSeconds());

    /// Mean ITL, seconds.
    static final Column ITL_MEAN =
            new Column("itl_mean", 9, cycle -> number(cycle.snapshot().traffic().itlMeanSeconds()));

    /// ITL at the promise's percentile, seconds.
    static final Column ITL =
            new Column("itl", 10, cycle -> number(cycle.snapshot().traffic().itlQuantileSeconds()));

    /// Promised ITL, seconds.
    static final Column ITL_PROMISED =
            new Column("itl_promised", 11, cycle -> cycle.spec().slo().itlSeconds());

    /// Prefill replicas that serve.
    static final Column PREFILL_READY =
            new Column("prefill_ready", 12, cycle -> number(cycle.snapshot().prefill().ready()));

    /// Prefill replicas that load or wait for a place.
    static final Column PREFILL_STARTING =
            new Column("prefill_starting", 13, cycle -> coming(cycle, Role.PREFILL));

    /// Prefill replicas that finish their work.
    static final Column PREFILL_DRAINING =
            new Column(
                    "prefill_draining", 14, cycle -> number(cycle.snapshot().prefill().draining()));

    /// Decode replicas that serve.
    static final Column DECODE_READY =
            new Column("decode_ready", 15, cycle -> number(cycle.snapshot().decode().ready()));

    /// Decode replicas that load or wait for a place.
    static final Column DECODE_STARTING =
            new Column("decode_starting", 16, cycle -> coming(cycle, Role.DECODE));

    /// Decode replicas that finish their work.
    static final Column DECODE_DRAINING =
            new Column(
                    "decode_draining", 17, cycle -> number(cycle.snapshot().decode().draining()));

    /// Prefill replicas that are right, by the decision.
    static final Column PREFILL_RIGHT =
            new Column("prefill_right", 18, cycle -> right(cycle, Role.PREFILL));

    /// Decode replicas that are right, by the decision.
    static final Column DECODE_RIGHT =
            new Column("decode_right", 19, cycle -> right(cycle, Role.DECODE));

    /// Requests that wait for prefill.
    static final Column PREFILL_QUEUED =
            new Column(
                    "prefill_queued",
                    20,
                    cycle -> number(cycle.snapshot().prefill().queuedRequests()));

    /// Requests that wait for decode.
    static final Column DECODE_QUEUED =
            new Column(
                    "decode_queued",
                    21,
                    cycle -> number(cycle.snapshot().decode().queuedRequests()));

    /// Requests that wait for KV memory of decode.
    static final Column WAITING_KV =
            new Column("waiting_kv", 22, cycle -> number(cycle.snapshot().decode().waitingForKv()));

    /// Share of decode's KV memory in use, 0 to 1.
    static final Column KV_USED =
            new Column("kv_used", 23, cycle -> number(cycle.snapshot().decode().kvUsed()));

    /// All of them, in order.
    static final List<Column> ALL =
            List.of(
                    ARRIVED,
                    COMPLETED,
                    DEMAND,
                    CARRIED,
                    ISL,
                    OSL,
                    TTFT_MEAN,
                    TTFT,
                    TTFT_PROMISED,
                    ITL_MEAN,
                    ITL,
                    ITL_PROMISED,
                    PREFILL_READY,
                    PREFILL_STARTING,
                    PREFILL_DRAINING,
                    DECODE_READY,
                    DECODE_STARTING,
                    DECODE_DRAINING,
                    PREFILL_RIGHT,
                    DECODE_RIGHT,
                    PREFILL_QUEUED,
                    DECODE_QUEUED,
                    WAITING_KV,
                    KV_USED);

    /// Every column of a cycle, in order.
    static float[] of(Cycle cycle) {
        float[] row = new float[ALL.size()];
        for (var column : ALL) {
            row[column.index] = (float) column.figure.applyAsDouble(cycle);
        }
        return row;
    }

    private static double number(Reading reading) {
        return reading.orElse(Double.NaN);
    }

    private static double rate(Cycle cycle, Reading count) {
        return number(count) / number(cycle.snapshot().windowSeconds());
    }

    private static double coming(Cycle cycle, Role role) {
        var pool = cycle.snapshot().pool(role);
        return number(pool.starting()) + pool.pending().orElse(0);
    }

    private static double demand(Cycle cycle) {
        var found = cycle.explanation().assessment();
        return found == null ? Double.NaN : found.demand().requestsPerSecond();
    }

    private static double carried(Cycle cycle) {
        var found = cycle.explanation().assessment();
        return found == null ? Double.NaN : found.now().requestsPerSecond();
    }

    private static double right(Cycle cycle, Role role) {
        var end = cycle.end();
        return cycle.tells() && end != null ? end.of(role) : Double.NaN;
    }
}
