package dev.ratematch.controller.publish;

import java.util.List;

/// The gauges of one cycle. The name is Micrometer's; Prometheus sees underscores for the dots.
///
/// Each has the labels `namespace` and `ratematcher` besides its own, which take few values. What
/// is unknown has no series: an absent series cannot be taken for a zero.
public enum CycleMetric {
    REPLICAS(
            "replicas",
            "Replicas by state; commanded is what the scale target asks for.",
            "role",
            "state"),
    POOL_CAPACITY(
            "pool.capacity.requests.per.second",
            "Modelled requests per second that the commanded replicas serve within the "
                    + "targets.",
            "role"),
    POOL_DEMAND(
            "pool.demand.requests.per.second",
            "Planned demand in requests per second, including margin and backlog.",
            "role"),
    POOL_UTILISATION(
            "pool.utilization.ratio",
            "Expected rate over capacity; above 1 the targets are missed.",
            "role"),
    POOL_GPUS(
            "pool.held.gpus",
            "GPUs in use or about to be used, including those of draining replicas.",
            "role"),
    POOL_RUNNING("pool.running.requests", "Running requests.", "role"),
    POOL_QUEUED("pool.queued.requests", "Requests waiting for this pool.", "role"),
    POOL_KV("pool.kv.used.ratio", "Share of the pool's KV blocks in use.", "role"),
    POOL_CORRECTION(
            "pool.model.correction.ratio",
            "Learnt ratio of measured to modelled step time; far from 1, the model does not "
                    + "describe the engine.",
            "role"),
    OBSERVED_RATE("observed.requests.per.second", "Arrivals over the window."),
    OBSERVED_INPUT("observed.input.tokens", "Mean prompt length (ISL) over the window."),
    OBSERVED_OUTPUT("observed.output.tokens", "Mean answer length (OSL) over the window."),
    OBSERVED_HITS("observed.prefix.hit.ratio", "Share of input tokens found in a prefix cache."),
    OBSERVED_TTFT(
            "observed.ttft.seconds",
            "Time to first token: mean, and at the percentile of the target.",
            "statistic"),
    OBSERVED_ITL(
            "observed.itl.seconds",
            "Inter-token latency: mean, and at the percentile of the target.",
            "statistic"),
    SLO_TTFT("slo.ttft.seconds", "Target for the time to first token."),
    SLO_ITL("slo.itl.seconds", "Target for the inter-token latency."),
    SLO_PERCENTILE(
            "slo.percentile.ratio", "Share of requests that must meet both targets, 0 to 1."),
    SLO_REACHABLE(
            "slo.reachable",
            "0 if a single request alone exceeds the targets, so that no replica count helps."),
    BUDGET_GPUS("budget.gpus", "GPU budget of both pools together."),
    BUDGET_BINDING(
            "budget.binding",
            "1 if the best split of the budget carries less than the planned demand."),
    DECISION(
            "decision",
            "1 for the result and reason of the last cycle; other pairs have no series.",
            "decision",
            "reason"),
    SERVED(
            "served.ratio",
            "Modelled share of the planned demand that a fleet carries, at most 1.",
            "fleet"),
    EXPECTED_GAIN(
            "expected.gain.ratio",
            "Share of the planned demand that following the recommendation would add."),
    CHANGE(
            "change.recommended",
            "1 while the recommended replica counts differ from the commanded ones."),
    PAST_SAVING(
            "past.saving.requests",
            "Waiting requests that will miss the TTFT target whatever is decided now."),
    TTFT_BACK(
            "ttft.back.seconds",
            "Time until the prefill queue is short enough for the TTFT target; no series if "
                    + "never.",
            "deadline"),
    ACTING("acting", "1 if decisions are carried out, 0 if they are only recommended."),
    MOVE_OPEN("move.open", "1 while a move is in progress."),
    MOVE_AGE("move.age.seconds", "Time since the open move began; no series without one."),
    MOVE_ALLOWANCE("move.allowance.seconds", "Maximum duration of a move before it is given up."),
    PROMISE_ERROR(
            "promise.error.ratio",
            "Prediction error of the last settled recommendation for the actual traffic: "
                    + "measured over predicted, minus 1.",
            "figure"),
    PROMISE_MEDIAN_ERROR(
            "promise.median.error.ratio",
            "Median of that error, without sign, over the last 50 settled recommendations "
                    + "since the start.",
            "figure"),
    PROMISE_SETTLED(
            "promise.settled.recommendations",
            "Recommendations since the start that were in place and measured for a full "
                    + "window."),
    TELEMETRY_FRESH(
            "telemetry.fresh",
            "1 if rate, lengths and replica counts were known in the last cycle, else 0."),
    TELEMETRY_CONSISTENT(
            "telemetry.consistent",
            "0 if the numbers of the last cycle contradicted each other, else 1."),
    LAST_CYCLE("last.cycle.timestamp.seconds", "Unix time of the last completed cycle.");

    /// Before every name.
    public static final String PREFIX = "ratematch.";

    private final String meter;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is
    private final List<String> tags;

    CycleMetric(String name, String help, String... tags) {
        this.meter = PREFIX + name;
        this.help = help;
        this.tags = List.of(tags);
    }

    /// The name in Micrometer.
    public String meter() {
        return meter;
    }

    /// What it tells, with its range where the name does not give that.
    public String help() {
        return help;
    }

    /// Labels besides namespace and ratematcher.
    public List<String> tags() {
        return tags;
    }
}
