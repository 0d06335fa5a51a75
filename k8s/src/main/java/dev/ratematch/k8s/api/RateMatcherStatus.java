package dev.ratematch.k8s.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operator found, wants and does. Absent is unknown, never zero.
///
/// Fields that an earlier version wrote are passed over: an object that was stored by it must not
/// keep the operator from reading all the others.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RateMatcherStatus(
        @JsonPropertyDescription("Generation of the spec that this status describes.")
                @Nullable Long observedGeneration,
        @JsonPropertyDescription(
                        "State in one word: why the RateMatcher is refused, or not "
                                + "Ready, or what is wrong with its pods, else the reason of the "
                                + "last decision.")
                @Nullable String reason,
        @JsonPropertyDescription("The spec with every default filled in.")
                @Nullable Resolved resolved,
        @JsonPropertyDescription("Observations of the last cycle.") @Nullable Observed observed,
        @JsonPropertyDescription("Recommended replica counts.")
                @Nullable Recommendation recommendation,
        @JsonPropertyDescription(
                        "Role that limits the current pools below the demand: prefill "
                                + "or decode; absent if neither does.")
                @Nullable String limitingRole,
        @JsonPropertyDescription(
                        "Bottleneck: prefill compute, decode compute, kv, transfer or "
                                + "none; budget if even the best fleet within the budget cannot "
                                + "carry the demand.")
                @Nullable String binding,
        @JsonPropertyDescription(
                        "Percent of the demand, including the margin, that the current "
                                + "pools cannot carry.")
                @Nullable Double unservedPercent,
        @JsonPropertyDescription(
                        "Percent of throughput that the current split loses against the "
                                + "best possible split of the same GPUs, fractional replicas "
                                + "included.")
                @Nullable Double lossToOptimumPercent,
        @JsonPropertyDescription("Modelled performance of the current pools at the current rate.")
                @Nullable Pools pools,
        @JsonPropertyDescription(
                        "Requests in the prefill queue that will miss the TTFT target "
                                + "whatever is decided now; absent if the queue is unknown.")
                @Nullable PastSavingStatus pastSaving,
        @JsonPropertyDescription(
                        "Change that is being made, or would be made next; absent if no "
                                + "change is better.")
                @Nullable NextMoveStatus nextMove,
        @JsonPropertyDescription("Result of each guard in the last cycle.")
                @Nullable GuardsStatus guards,
        @JsonPropertyDescription("Rebalance in progress.") @Nullable MoveStatus move,
        @JsonPropertyDescription(
                        "Instances that are switching roles, and those recommended to "
                                + "switch; absent if there are none.")
                @Nullable SwitchesStatus switches,
        @JsonPropertyDescription("Predictions of past recommendations and what was measured.")
                @Nullable Promises promises,
        @JsonPropertyDescription(
                        "Used by earlier versions only; moved to ConfigMap "
                                + "ratematch-UID in the first cycle and removed here.")
                @Nullable String memory,
        @JsonPropertyDescription("Kubernetes conditions.") @Nullable List<Condition> conditions) {

    /// Nothing known yet.
    public static final RateMatcherStatus EMPTY =
            new RateMatcherStatus(
                    null, null, null, null, null, null, null, null, null, null, null, null, null,
                    null, null, null, null, null);

    /// The same under other conditions.
    ///
    /// @param why in one word
    public RateMatcherStatus with(
            @Nullable Long generation, @Nullable String why, List<Condition> others) {
        return new RateMatcherStatus(
                generation,
                why,
                resolved,
                observed,
                recommendation,
                limitingRole,
                binding,
                unservedPercent,
                lossToOptimumPercent,
                pools,
                pastSaving,
                nextMove,
                guards,
                move,
                switches,
                promises,
                memory,
                others);
    }

    /// Defaults and discoveries.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Resolved(
            @JsonPropertyDescription("Catalogue name of the model.") @Nullable String model,
            @JsonPropertyDescription("GPU.") @Nullable String accelerator,
            @JsonPropertyDescription("Precision of the weights.") @Nullable String precision,
            @JsonPropertyDescription(
                            "Source of that value: the field precision, the model's "
                                    + "name, or how the model was published.")
                    @Nullable String precisionFrom,
            @JsonPropertyDescription("Type of the KV cache.") @Nullable String kvDtype,
            @JsonPropertyDescription("Serving engine.") @Nullable String engine,
            @JsonPropertyDescription("GPUs of both pools together.") @Nullable Integer budgetGpus,
            @JsonPropertyDescription("Source of the metrics.") @Nullable String telemetry,
            @JsonPropertyDescription("Time between two decisions.") @Nullable String interval,
            @JsonPropertyDescription("The prefill pool.") @Nullable ResolvedRole prefill,
            @JsonPropertyDescription("The decode pool.") @Nullable ResolvedRole decode) {}

    /// One pool with its defaults.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ResolvedRole(
            @JsonPropertyDescription("Label selector of the pods.") @Nullable String selector,
            @JsonPropertyDescription("GPUs of one replica.") @Nullable Integer gpusPerReplica,
            @JsonPropertyDescription("Source of that number.") @Nullable String gpusFrom,
            @JsonPropertyDescription("Parallelism of one replica.") @Nullable String parallelism,
            @JsonPropertyDescription("Fewest replicas.") @Nullable Integer minReplicas,
            @JsonPropertyDescription("Most replicas.") @Nullable Integer maxReplicas,
            @JsonPropertyDescription("How a pod is removed from routing.")
                    @Nullable String drain) {}

    /// What was seen.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Observed(
            @JsonPropertyDescription("When, RFC 3339.") @Nullable String at,
            @JsonPropertyDescription(
                            "Current replica counts (as set on the targets), such as 3P5D.")
                    @Nullable String ratio,
            @JsonPropertyDescription("GPUs in use, including starting and draining replicas.")
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
            @JsonPropertyDescription("Scheduled but not serving yet.") @Nullable Integer starting,
            @JsonPropertyDescription("Not scheduled yet.") @Nullable Integer pending,
            @JsonPropertyDescription("Draining; their GPUs are still in use.")
                    @Nullable Integer draining,
            @JsonPropertyDescription("Failed.") @Nullable Integer failed) {}

    /// What the fleet should be.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Recommendation(
            @JsonPropertyDescription("Recommended replica counts, such as 4P4D.")
                    @Nullable String ratio,
            @JsonPropertyDescription(
                            "Prefill replicas to set now, so that the budget is kept at "
                                    + "every step.")
                    @Nullable Integer prefillReplicas,
            @JsonPropertyDescription("Decode replicas to set now.")
                    @Nullable Integer decodeReplicas,
            @JsonPropertyDescription("Prefill replicas at the end.")
                    @Nullable Integer prefillReplicasAtEnd,
            @JsonPropertyDescription("Decode replicas at the end.")
                    @Nullable Integer decodeReplicasAtEnd,
            @JsonPropertyDescription("GPUs of prefill and decode at the end, such as 8:24.")
                    @Nullable String gpus,
            @JsonPropertyDescription("Reason, as an enumerated value.") @Nullable String reason,
            @JsonPropertyDescription("Reason, in one sentence.") @Nullable String text) {}

    /// The rebalance under way.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record MoveStatus(
            @JsonPropertyDescription("Replica counts at the start, such as 5P3D.")
                    @Nullable String from,
            @JsonPropertyDescription("Replica counts at the end, such as 4P4D.")
                    @Nullable String to,
            @JsonPropertyDescription("Phase of the move.") @Nullable String phase,
            @JsonPropertyDescription("Start time, RFC 3339.") @Nullable String startedAt,
            @JsonPropertyDescription(
                            "Deadline, RFC 3339; a move that is not complete by then is reverted.")
                    @Nullable String deadline) {}

    /// Instances that switch roles.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SwitchesStatus(
            @JsonPropertyDescription("Switches in progress, in the order in which they started.")
                    @Nullable List<SwitchStatus> open,
            @JsonPropertyDescription(
                            "Switches recommended in mode Recommend, such as: switch "
                                    + "decode-3 to prefill.")
                    @Nullable String advice,
            @JsonPropertyDescription(
                            "Commands to make the switch by hand, in order: remove from "
                                    + "routing, drain, switch, verify, add to the new role.")
                    @Nullable List<String> commands) {}

    /// One instance on its way from one role to the other.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SwitchStatus(
            @JsonPropertyDescription("Name of the pod, or of the first pod of a group.")
                    @Nullable String instance,
            @JsonPropertyDescription("Role before the switch.") @Nullable String from,
            @JsonPropertyDescription("Role after the switch.") @Nullable String to,
            @JsonPropertyDescription(
                            "Asking, Draining, Switching, Verifying, Restoring (back to "
                                    + "the role that the engine has) or Condemned (the pod is "
                                    + "replaced).")
                    @Nullable String phase,
            @JsonPropertyDescription("Start of the phase, RFC 3339.") @Nullable String since,
            @JsonPropertyDescription("Deadline of the phase, RFC 3339.") @Nullable String deadline,
            @JsonPropertyDescription("Why the switch is being undone; absent if it is not.")
                    @Nullable String why) {}

    /// What the pools do, as modelled.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Pools(
            @JsonPropertyDescription("The prefill pool.") @Nullable PoolForecast prefill,
            @JsonPropertyDescription("The decode pool.") @Nullable PoolForecast decode,
            @JsonPropertyDescription("Requests per second whose KV cache the network can transfer.")
                    @Nullable Double transferRequestsPerSecond) {}

    /// What one pool does, as modelled.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PoolForecast(
            @JsonPropertyDescription(
                            "Requests per second that the pool can serve within the targets.")
                    @Nullable Double carriesRequestsPerSecond,
            @JsonPropertyDescription("Requests per second that arrive at the pool.")
                    @Nullable Double askedRequestsPerSecond,
            @JsonPropertyDescription(
                            "Batch size at that rate: requests in an iteration of one "
                                    + "prefill replica, or sequences of one decode replica.")
                    @Nullable Double batch,
            @JsonPropertyDescription(
                            "Time to first token at the percentile, milliseconds; "
                                    + "absent if the queue grows without bound.")
                    @Nullable Double ttftMillis,
            @JsonPropertyDescription(
                            "Mean inter-token latency, milliseconds; absent if the "
                                    + "batch would not fit in memory.")
                    @Nullable Double itlMillis,
            @JsonPropertyDescription(
                            "Requests per second that one more replica of this role "
                                    + "would add for both pools together, ignoring the budget.")
                    @Nullable Double oneMoreAddsRequestsPerSecond) {}

    /// Requests that will be late, and what a deadline at the gateway would give.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PastSavingStatus(
            @JsonPropertyDescription(
                            "Requests that wait for prefill, counted in requests of mean length.")
                    @Nullable Double waitingRequests,
            @JsonPropertyDescription("Waiting requests that can no longer meet the TTFT target.")
                    @Nullable Double requests,
            @JsonPropertyDescription("Percent of the waiting requests.") @Nullable Double percent,
            @JsonPropertyDescription(
                            "Seconds until the queue is short enough for the TTFT "
                                    + "target; absent if never.")
                    @Nullable Double ttftBackSeconds,
            @JsonPropertyDescription(
                            "The same, if a gateway drops requests that have no first "
                                    + "token by the TTFT target.")
                    @Nullable Double ttftBackWithDeadlineSeconds,
            @JsonPropertyDescription(
                            "What to do; absent if all waiting requests can still meet the target.")
                    @Nullable String text) {}

    /// The next change.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NextMoveStatus(
            @JsonPropertyDescription(
                            "Current replica counts (as set on the targets), such as 5P3D.")
                    @Nullable String from,
            @JsonPropertyDescription("Replica counts after the change, such as 4P4D.")
                    @Nullable String to,
            @JsonPropertyDescription(
                            "Additional share of the demand that would be carried, in "
                                    + "percentage points; absent if not evaluated.")
                    @Nullable Double gainPoints,
            @JsonPropertyDescription("Additional GPUs in use after the change; negative for fewer.")
                    @Nullable Integer gpus,
            @JsonPropertyDescription(
                            "Why the change is not made yet, as an enumerated value; absent if it is being "
                                    + "made.")
                    @Nullable String heldBackBy) {}

    /// How promises came out. A recommendation is settled once the fleet was as recommended for a
    /// whole window; what was promised is the forecast for the traffic that came.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Promises(
            @JsonPropertyDescription("Start of counting, RFC 3339: when the operator started.")
                    @Nullable String since,
            @JsonPropertyDescription(
                            "Recommendations since then that were in place and measured "
                                    + "for a full window.")
                    @Nullable Integer settled,
            @JsonPropertyDescription(
                            "Median error of the predicted requests finished per "
                                    + "second, percent, over the last 50.")
                    @Nullable Double medianServedErrorPercent,
            @JsonPropertyDescription("The same for the mean time to first token, percent.")
                    @Nullable Double medianTtftErrorPercent,
            @JsonPropertyDescription("The same for the mean inter-token latency, percent.")
                    @Nullable Double medianItlErrorPercent,
            @JsonPropertyDescription(
                            "Last recommendation that was measured; it may still be in "
                                    + "place. Kept over a restart.")
                    @Nullable SettledPromise last) {}

    /// One promise and what came of it, each for the same windows.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SettledPromise(
            @JsonPropertyDescription("Recommended replica counts, such as 4P4D.")
                    @Nullable String ratio,
            @JsonPropertyDescription("Time of the recommendation, RFC 3339.") @Nullable String at,
            @JsonPropertyDescription("Windows in which the fleet was as recommended.")
                    @Nullable Integer windows,
            @JsonPropertyDescription("Predicted requests finished per second.")
                    @Nullable Double promisedRequestsPerSecond,
            @JsonPropertyDescription("Measured requests finished per second.")
                    @Nullable Double measuredRequestsPerSecond,
            @JsonPropertyDescription("Predicted mean time to first token, milliseconds.")
                    @Nullable Double promisedTtftMillis,
            @JsonPropertyDescription("Measured mean time to first token, milliseconds.")
                    @Nullable Double measuredTtftMillis,
            @JsonPropertyDescription("Predicted mean inter-token latency, milliseconds.")
                    @Nullable Double promisedItlMillis,
            @JsonPropertyDescription("Measured mean inter-token latency, milliseconds.")
                    @Nullable Double measuredItlMillis,
            @JsonPropertyDescription(
                            "Percent of the requests that arrived in windows above the "
                                    + "latency targets.")
                    @Nullable Double latePercent) {}

    /// What the guards said.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record GuardsStatus(
            @JsonPropertyDescription("Guard that blocked a change; absent if none did.")
                    @Nullable String heldBy,
            @JsonPropertyDescription("Numbers of the guard; each name ends with the unit.")
                    @Nullable String figures,
            @JsonPropertyDescription(
                            "Guards that allowed the change, in the order of "
                                    + "evaluation, with their numbers.")
                    @Nullable List<String> passed) {}
}
