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
            "Requests per second that the commanded replicas carry within the promise, as modelled.",
            "role"),
    POOL_DEMAND(
            "pool.demand.requests.per.second",
            "Requests per second that are planned for, margin and backlog included.",
            "role"),
    POOL_UTILISATION(
            "pool.utilization.ratio",
            "Expected rate over capacity; above 1 the promise breaks.",
            "role"),
    POOL_GPUS(
            "pool.held.gpus",
            "GPUs that replicas hold or are about to; those of draining ones included.",
            "role"),
    POOL_RUNNING("pool.running.requests", "Requests in execution.", "role"),
    POOL_QUEUED("pool.queued.requests", "Requests that wait for this pool.", "role"),
    POOL_KV("pool.kv.used.ratio", "Share of the pool's KV blocks in use.", "role"),
    POOL_CORRECTION(
            "pool.model.correction.ratio",
            "Measured over modelled step time, as learnt; far from 1 the model is another engine's.",
            "role"),
    OBSERVED_RATE("observed.requests.per.second", "Arrivals over the window."),
    OBSERVED_INPUT("observed.input.tokens", "Mean prompt length (ISL) over the window."),
    OBSERVED_OUTPUT("observed.output.tokens", "Mean answer length (OSL) over the window."),
    OBSERVED_HITS("observed.prefix.hit.ratio", "Share of input tokens found in a prefix cache."),
    OBSERVED_TTFT(
            "observed.ttft.seconds",
            "Time to first token: mean, and at the promise's percentile.",
            "statistic"),
    OBSERVED_ITL(
            "observed.itl.seconds",
            "Inter-token latency: mean, and at the promise's percentile.",
            "statistic"),
    SLO_TTFT("slo.ttft.seconds", "Promised time to first token."),
    SLO_ITL("slo.itl.seconds", "Promised inter-token latency."),
    SLO_PERCENTILE(
            "slo.percentile.ratio", "Share of requests that must meet both promises, 0 to 1."),
    SLO_REACHABLE(
            "slo.reachable",
            "0 when a single request takes longer than the promise, so that no replica count helps."),
    BUDGET_GPUS("budget.gpus", "GPUs that both pools together may hold."),
    BUDGET_BINDING(
            "budget.binding",
            "1 when the best split of the budget carries less than what is planned for."),
    DECISION(
            "decision",
            "1 for what the last cycle concluded, and why; other pairs have no series.",
            "decision",
            "reason"),
    SERVED(
            "served.ratio",
            "Share of what is planned for that a fleet carries, at most 1, as modelled.",
            "fleet"),
    EXPECTED_GAIN(
            "expected.gain.ratio",
            "Share of what is planned for that following the recommendation adds."),
    CHANGE(
            "change.recommended",
            "1 while the counts at the end of the recommendation are not those commanded."),
    PAST_SAVING(
            "past.saving.requests",
            "Requests that wait for prefill and will be late whatever counts are decided now."),
    TTFT_BACK(
            "ttft.back.seconds",
            "Until no more waits for prefill than the promised TTFT allows; no series for never.",
            "deadline"),
    ACTING("acting", "1 where we carry our decisions out, 0 where they are recommended only."),
    MOVE_OPEN("move.open", "1 while a move between splits is under way."),
    MOVE_AGE("move.age.seconds", "Time since the open move began; no series without one."),
    MOVE_ALLOWANCE("move.allowance.seconds", "How long a move may take before it is given up."),
    PROMISE_ERROR(
            "promise.error.ratio",
            "Measured over promised, less 1, of the last settled recommendation, for the traffic that"
                    + " came.",
            "figure"),
    PROMISE_MEDIAN_ERROR(
            "promise.median.error.ratio",
            "Median size of that error, of the latest 50 settled recommendations since the start.",
            "figure"),
    PROMISE_SETTLED(
            "promise.settled.recommendations",
            "Recommendations since the start that came to be and were measured for a whole window."),
    TELEMETRY_FRESH(
            "telemetry.fresh",
            "1 when rate, lengths and replica counts were known in the last cycle, else 0."),
    TELEMETRY_CONSISTENT(
            "telemetry.consistent",
            "0 when the numbers of the last cycle contradicted each other, else 1."),
    LAST_CYCLE(
            "last.cycle.timestamp.seconds",
            "When the last cycle that came about was, in Unix time.");

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
