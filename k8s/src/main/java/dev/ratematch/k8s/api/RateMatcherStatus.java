package dev.ratematch.k8s.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operator found, wants and does. Absent is unknown, never zero.
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RateMatcherStatus(
        @JsonPropertyDescription("Generation of the spec that this status is about.")
                @Nullable Long observedGeneration,
        @JsonPropertyDescription("The spec with every default filled in.")
                @Nullable Resolved resolved,
        @JsonPropertyDescription("What was seen in the last cycle.") @Nullable Observed observed,
        @JsonPropertyDescription("What the fleet should be.")
                @Nullable Recommendation recommendation,
        @JsonPropertyDescription("What sets the pace: prefill, decode, transfer, kv, budget, none.")
                @Nullable String limitingRole,
        @JsonPropertyDescription(
                        "Share of the demand that the fleet as commanded does not carry, percent.")
                @Nullable Double efficiencyLossPercent,
        @JsonPropertyDescription("What would be done next, in one sentence.")
                @Nullable String nextBestMove,
        @JsonPropertyDescription("The rebalance under way.") @Nullable MoveStatus move,
        @JsonPropertyDescription(
                        "What the operator remembers between cycles; opaque, so that a restart"
                                + " resumes.")
                @Nullable String memory,
        @JsonPropertyDescription("Conditions, Kubernetes style.")
                @Nullable List<Condition> conditions) {

    /// Nothing known yet.
    public static final RateMatcherStatus EMPTY =
            new RateMatcherStatus(null, null, null, null, null, null, null, null, null, null);

    /// Defaults and discoveries.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Resolved(
            @JsonPropertyDescription("Catalogue name of the model.") @Nullable String model,
            @JsonPropertyDescription("GPU.") @Nullable String accelerator,
            @JsonPropertyDescription("Type of the weights.") @Nullable String precision,
            @JsonPropertyDescription("Type of the KV cache.") @Nullable String kvDtype,
            @JsonPropertyDescription("Serving engine.") @Nullable String engine,
            @JsonPropertyDescription("GPUs of both pools together.") @Nullable Integer budgetGpus,
            @JsonPropertyDescription("Where the metrics come from.") @Nullable String telemetry,
            @JsonPropertyDescription("Time between two decisions.") @Nullable String interval,
            @JsonPropertyDescription("The prefill pool.") @Nullable ResolvedRole prefill,
            @JsonPropertyDescription("The decode pool.") @Nullable ResolvedRole decode) {}

    /// One pool with its defaults.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ResolvedRole(
            @JsonPropertyDescription("Label selector of the pods.") @Nullable String selector,
            @JsonPropertyDescription("GPUs of one replica.") @Nullable Integer gpusPerReplica,
            @JsonPropertyDescription("Where that number comes from.") @Nullable String gpusFrom,
            @JsonPropertyDescription("How one replica is spread.") @Nullable String parallelism,
            @JsonPropertyDescription("Fewest replicas.") @Nullable Integer minReplicas,
            @JsonPropertyDescription("Most replicas.") @Nullable Integer maxReplicas,
            @JsonPropertyDescription("How a pod is taken out of routing.")
                    @Nullable String drain) {}

    /// What was seen.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Observed(
            @JsonPropertyDescription("When, RFC 3339.") @Nullable String at,
            @JsonPropertyDescription("Commanded replicas, such as 3P5D.") @Nullable String ratio,
            @JsonPropertyDescription("GPUs held, starting and draining replicas included.")
                    @Nullable Integer gpus,
            @JsonPropertyDescription("The prefill pool.") @Nullable Pool prefill,
            @JsonPropertyDescription("The decode pool.") @Nullable Pool decode,
            @JsonPropertyDescription("Requests per second offered.")
                    @Nullable Double requestsPerSecond,
            @JsonPropertyDescription("Mean input length, tokens.") @Nullable Double inputTokensMean,
            @JsonPropertyDescription("Mean output length, tokens.")
                    @Nullable Double outputTokensMean,
            @JsonPropertyDescription("Time to first token at the percentile, milliseconds.")
                    @Nullable Double ttftMillis,
            @JsonPropertyDescription("Inter-token latency at the percentile, milliseconds.")
                    @Nullable Double itlMillis) {}

    /// One pool's replicas by state.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Pool(
            @JsonPropertyDescription("Commanded.") @Nullable Integer desired,
            @JsonPropertyDescription("Serving.") @Nullable Integer ready,
            @JsonPropertyDescription("Scheduled, not serving yet.") @Nullable Integer starting,
            @JsonPropertyDescription("Not scheduled yet.") @Nullable Integer pending,
            @JsonPropertyDescription("Leaving, GPUs still held.") @Nullable Integer draining,
            @JsonPropertyDescription("Failed.") @Nullable Integer failed) {}

    /// What the fleet should be.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Recommendation(
            @JsonPropertyDescription("Where it should end, such as 4P4D.") @Nullable String ratio,
            @JsonPropertyDescription(
                            "Prefill replicas to command now: the budget holds at every"
                                    + " step of the way.")
                    @Nullable Integer prefillReplicas,
            @JsonPropertyDescription("Decode replicas to command now.")
                    @Nullable Integer decodeReplicas,
            @JsonPropertyDescription("Prefill replicas at the end.")
                    @Nullable Integer prefillReplicasAtEnd,
            @JsonPropertyDescription("Decode replicas at the end.")
                    @Nullable Integer decodeReplicasAtEnd,
            @JsonPropertyDescription("GPUs of prefill and decode at the end, such as 8:24.")
                    @Nullable String gpus,
            @JsonPropertyDescription("Why, as an enum.") @Nullable String reason,
            @JsonPropertyDescription("Why, in one sentence.") @Nullable String text) {}

    /// The rebalance under way.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record MoveStatus(
            @JsonPropertyDescription("Where it began, such as 5P3D.") @Nullable String from,
            @JsonPropertyDescription("Where it ends, such as 4P4D.") @Nullable String to,
            @JsonPropertyDescription("Where it stands.") @Nullable String phase,
            @JsonPropertyDescription("When it began, RFC 3339.") @Nullable String startedAt,
            @JsonPropertyDescription("When it is taken back unless it has ended, RFC 3339.")
                    @Nullable String deadline) {}
}
