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
        @JsonPropertyDescription("Generation of the spec that this status is about.")
                @Nullable Long observedGeneration,
        @JsonPropertyDescription(
                        "Why it stands as it does, in one word: the refusal, or what keeps it from"
                                + " being Ready, or what ails its pods, else the reason of the last"
                                + " decision.")
                @Nullable String reason,
        @JsonPropertyDescription("The spec with every default filled in.")
                @Nullable Resolved resolved,
        @JsonPropertyDescription("What was seen in the last cycle.") @Nullable Observed observed,
        @JsonPropertyDescription("What the fleet should be.")
                @Nullable Recommendation recommendation,
        @JsonPropertyDescription(
                        "The role that keeps the pools as commanded from carrying the demand:"
                                + " prefill or decode; absent where neither does.")
                @Nullable String limitingRole,
        @JsonPropertyDescription(
                        "What binds: prefill compute, decode compute, kv, transfer, none; budget"
                                + " where the best fleet within it carries less than the demand.")
                @Nullable String binding,
        @JsonPropertyDescription(
                        "Share of the demand, margin included, that the pools as commanded do not"
                                + " carry, percent.")
                @Nullable Double unservedPercent,
        @JsonPropertyDescription(
                        "Share of what the same GPUs would carry at the best split between the"
                                + " roles, fractions of replicas included, that the pools as"
                                + " commanded do not carry, percent.")
                @Nullable Double lossToOptimumPercent,
        @JsonPropertyDescription("What the pools as commanded do at the present rate, as modelled.")
                @Nullable Pools pools,
        @JsonPropertyDescription(
                        "What waits for prefill and will be late whatever counts are decided now;"
                                + " absent where the queue is unknown.")
                @Nullable PastSavingStatus pastSaving,
        @JsonPropertyDescription(
                        "The change that is made, or would be made next; absent where nothing is"
                                + " better than to stay.")
                @Nullable NextMoveStatus nextMove,
        @JsonPropertyDescription("What the guards said in the last cycle.")
                @Nullable GuardsStatus guards,
        @JsonPropertyDescription("The rebalance under way.") @Nullable MoveStatus move,
        @JsonPropertyDescription(
                        "Instances that switch roles, and those that people are advised to switch;"
                                + " absent where there are none.")
                @Nullable SwitchesStatus switches,
        @JsonPropertyDescription("What recommendations promised, and what came of it.")
                @Nullable Promises promises,
        @JsonPropertyDescription(
                        "Written by earlier versions only: moved into ConfigMap ratematch-UID in the"
                                + " first cycle, and taken away here.")
                @Nullable String memory,
        @JsonPropertyDescription("Conditions, Kubernetes style.")
                @Nullable List<Condition> conditions) {

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
            @JsonPropertyDescription("Type of the weights.") @Nullable String precision,
            @JsonPropertyDescription(
                            "Who says so: precision, or what the model's name or publication states.")
                    @Nullable String precisionFrom,
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

    /// Instances that switch roles.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SwitchesStatus(
            @JsonPropertyDescription("Those under way, in the order in which they began.")
                    @Nullable List<SwitchStatus> open,
            @JsonPropertyDescription(
                            "What is advised in mode Recommend, such as: switch decode-3 to prefill.")
                    @Nullable String advice,
            @JsonPropertyDescription(
                            "Commands that do it by hand, in order: out of routing, empty, switched,"
                                    + " verified, into the new role.")
                    @Nullable List<String> commands) {}

    /// One instance on its way from one role to the other.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SwitchStatus(
            @JsonPropertyDescription("Name of its pod, or of its group's first.")
                    @Nullable String instance,
            @JsonPropertyDescription("The role that it had.") @Nullable String from,
            @JsonPropertyDescription("The role that it is to have.") @Nullable String to,
            @JsonPropertyDescription(
                            "Asking, Draining, Switching, Verifying, Restoring (back into the role"
                                    + " that it really has) or Condemned (its pod is replaced).")
                    @Nullable String phase,
            @JsonPropertyDescription("When the phase began, RFC 3339.") @Nullable String since,
            @JsonPropertyDescription("When the phase must have ended, RFC 3339.")
                    @Nullable String deadline,
            @JsonPropertyDescription("Why it does not end as it was begun; absent where it may.")
                    @Nullable String why) {}

    /// What the pools do, as modelled.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Pools(
            @JsonPropertyDescription("The prefill pool.") @Nullable PoolForecast prefill,
            @JsonPropertyDescription("The decode pool.") @Nullable PoolForecast decode,
            @JsonPropertyDescription("Requests per second whose KV the network carries.")
                    @Nullable Double transferRequestsPerSecond) {}

    /// What one pool does, as modelled.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PoolForecast(
            @JsonPropertyDescription("Requests per second that it carries under the promise.")
                    @Nullable Double carriesRequestsPerSecond,
            @JsonPropertyDescription("Requests per second that come to it.")
                    @Nullable Double askedRequestsPerSecond,
            @JsonPropertyDescription(
                            "Requests in an iteration of one prefill replica, or sequences of one"
                                    + " decode replica, while it carries that much.")
                    @Nullable Double batch,
            @JsonPropertyDescription(
                            "Time to first token at the percentile, milliseconds; absent where the"
                                    + " queue grows without end.")
                    @Nullable Double ttftMillis,
            @JsonPropertyDescription(
                            "Mean inter-token latency, milliseconds; absent where the batch would"
                                    + " not fit.")
                    @Nullable Double itlMillis,
            @JsonPropertyDescription(
                            "Requests per second that one more replica of it would add to what both"
                                    + " pools carry, whatever the budget.")
                    @Nullable Double oneMoreAddsRequestsPerSecond) {}

    /// Requests that will be late, and what a deadline at the gateway would give.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PastSavingStatus(
            @JsonPropertyDescription("Requests that wait for prefill, of mean length.")
                    @Nullable Double waitingRequests,
            @JsonPropertyDescription(
                            "Those of them that can no longer see a first token within the promised"
                                    + " TTFT.")
                    @Nullable Double requests,
            @JsonPropertyDescription("Share of what waits, percent.") @Nullable Double percent,
            @JsonPropertyDescription(
                            "Seconds until no more waits than the promised TTFT allows; absent for"
                                    + " never.")
                    @Nullable Double ttftBackSeconds,
            @JsonPropertyDescription(
                            "The same where a gateway drops what has no first token at the promised"
                                    + " TTFT.")
                    @Nullable Double ttftBackWithDeadlineSeconds,
            @JsonPropertyDescription("What to do about it; absent where nothing is past saving.")
                    @Nullable String text) {}

    /// The next change.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NextMoveStatus(
            @JsonPropertyDescription("Commanded replicas, such as 5P3D.") @Nullable String from,
            @JsonPropertyDescription("Replicas at its end, such as 4P4D.") @Nullable String to,
            @JsonPropertyDescription(
                            "Percentage points of the demand that it would carry more; absent where"
                                    + " this was not weighed.")
                    @Nullable Double gainPoints,
            @JsonPropertyDescription("GPUs that it holds more in the end; below zero for fewer.")
                    @Nullable Integer gpus,
            @JsonPropertyDescription("Why it is not made, as an enum; absent where it is.")
                    @Nullable String heldBackBy) {}

    /// How promises came out. A recommendation is settled once the fleet was as recommended for a
    /// whole window; what was promised is the forecast for the traffic that came.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Promises(
            @JsonPropertyDescription(
                            "Since when these are counted, RFC 3339: the operator's start.")
                    @Nullable String since,
            @JsonPropertyDescription(
                            "Recommendations since then that came to be and were measured for a"
                                    + " whole window.")
                    @Nullable Integer settled,
            @JsonPropertyDescription(
                            "Median error of what they promised of requests finished per second,"
                                    + " percent, of the latest 50.")
                    @Nullable Double medianServedErrorPercent,
            @JsonPropertyDescription("The same of the mean time to first token, percent.")
                    @Nullable Double medianTtftErrorPercent,
            @JsonPropertyDescription("The same of the mean inter-token latency, percent.")
                    @Nullable Double medianItlErrorPercent,
            @JsonPropertyDescription(
                            "The last settled one, which may still stand; kept over a restart.")
                    @Nullable SettledPromise last) {}

    /// One promise and what came of it, each for the same windows.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SettledPromise(
            @JsonPropertyDescription("Recommended replicas, such as 4P4D.") @Nullable String ratio,
            @JsonPropertyDescription("When that was recommended, RFC 3339.") @Nullable String at,
            @JsonPropertyDescription("Windows in which the fleet was as recommended.")
                    @Nullable Integer windows,
            @JsonPropertyDescription("Requests finished per second, as promised.")
                    @Nullable Double promisedRequestsPerSecond,
            @JsonPropertyDescription("Requests finished per second, as measured.")
                    @Nullable Double measuredRequestsPerSecond,
            @JsonPropertyDescription("Mean time to first token as promised, milliseconds.")
                    @Nullable Double promisedTtftMillis,
            @JsonPropertyDescription("Mean time to first token as measured, milliseconds.")
                    @Nullable Double measuredTtftMillis,
            @JsonPropertyDescription("Mean inter-token latency as promised, milliseconds.")
                    @Nullable Double promisedItlMillis,
            @JsonPropertyDescription("Mean inter-token latency as measured, milliseconds.")
                    @Nullable Double measuredItlMillis,
            @JsonPropertyDescription(
                            "Share of the requests that came in windows over the promised latency,"
                                    + " percent.")
                    @Nullable Double latePercent) {}

    /// What the guards said.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record GuardsStatus(
            @JsonPropertyDescription("The one that held the fleet; absent where none did.")
                    @Nullable String heldBy,
            @JsonPropertyDescription("Its numbers, units last in their names.")
                    @Nullable String figures,
            @JsonPropertyDescription(
                            "Those that let the fleet go on, in the order in which they were asked,"
                                    + " with their numbers.")
                    @Nullable List<String> passed) {}
}
