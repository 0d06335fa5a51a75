package dev.ratematch.k8s.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the owner of a service asks for. Only `model`, what is scaled and the promise have no
/// default. Scaled are two targets, one for each role, or one target of workers that switch roles.
@ValidationRule(
        value =
                "has(self.workers) ? !has(self.prefill) && !has(self.decode) : has(self.prefill) &&"
                        + " has(self.decode)",
        message =
                "give prefill and decode, a target for each role, or workers, one target whose"
                        + " instances switch roles; not both, and not one of the two roles alone")
@ValidationRule(
        value =
                "!has(self.prefill) || !has(self.decode)"
                        + " || self.prefill.scaleTargetRef.kind != self.decode.scaleTargetRef.kind"
                        + " || self.prefill.scaleTargetRef.name != self.decode.scaleTargetRef.name"
                        + " || (has(self.prefill.replicasPath) && has(self.decode.replicasPath)"
                        + " && self.prefill.replicasPath != self.decode.replicasPath)",
        messageExpression =
                "'prefill and decode must be two targets; both name ' +"
                        + " self.prefill.scaleTargetRef.kind + ' ' + self.prefill.scaleTargetRef.name")
@ValidationRule(
        value = "self.mode != 'Auto' || (has(self.budget) && has(self.budget.gpus))",
        message =
                "mode Auto needs budget.gpus, the GPU budget of both pools together; "
                        + "without a budget use mode Recommend")
@ValidationRule(
        value =
                "!has(self.budget) || !has(self.budget.gpus) || !has(self.prefill) ||"
                        + " !has(self.decode) || self.budget.gpus >="
                        + " self.prefill.minReplicas * (has(self.prefill.gpusPerReplica) ?"
                        + " self.prefill.gpusPerReplica : 1) + self.decode.minReplicas *"
                        + " (has(self.decode.gpusPerReplica) ? self.decode.gpusPerReplica : 1)",
        // format, because the API server takes string(number) + ... for boundlessly expensive.
        messageExpression =
                "'budget.gpus (%d) must cover minReplicas x gpusPerReplica of both roles, %d'"
                        + ".format([self.budget.gpus, self.prefill.minReplicas *"
                        + " (has(self.prefill.gpusPerReplica) ? self.prefill.gpusPerReplica : 1) +"
                        + " self.decode.minReplicas * (has(self.decode.gpusPerReplica) ?"
                        + " self.decode.gpusPerReplica : 1)])")
@ValidationRule(
        value =
                "!has(self.workers) || !has(self.budget) || !has(self.budget.gpus) ||"
                        + " self.budget.gpus >= ((has(self.workers.prefill) ?"
                        + " self.workers.prefill.minReplicas : 1) + (has(self.workers.decode) ?"
                        + " self.workers.decode.minReplicas : 1)) *"
                        + " (has(self.workers.gpusPerReplica) ? self.workers.gpusPerReplica : 1)",
        messageExpression =
                "'budget.gpus (%d) must cover the fewest instances of both roles x gpusPerReplica"
                        + " of workers'.format([self.budget.gpus])")
public record RateMatcherSpec(
        @JsonPropertyDescription(
                        "Recommend only publishes recommendations; Auto also scales the "
                                + "targets. Auto needs budget.gpus.")
                @Default("Recommend")
                Mode mode,
        @JsonPropertyDescription(
                        "Model that is served: a name from the catalogue, such as "
                                + "llama-3.1-70b, or a Hugging Face id.")
                @Required
                @Size(min = 1, max = 200)
                String model,
        @JsonPropertyDescription(
                        "GPU type: b200, b300, gb200, gb300, h100 or h200. Default: "
                                + "that of the GpuPool, else from the label "
                                + "nvidia.com/gpu.product on the node of a running pod.")
                @Size(max = 40)
                @Nullable String accelerator,
        @JsonPropertyDescription(
                        "Precision of the weights: bf16, fp8 (block-wise if the "
                                + "checkpoint is), nvfp4, mxfp4 or int4. Default: from the end of "
                                + "the model's name, such as -FP8, else as the model was first "
                                + "published.")
                @Size(max = 20)
                @Nullable String precision,
        @JsonPropertyDescription("Type of the KV cache: bf16 or fp8. Default: fp8.") @Size(max = 20)
                @Nullable String kvDtype,
        @JsonPropertyDescription("Latency targets (SLO).") @Required SloSpec slo,
        @JsonPropertyDescription("Prefill (context) pool, if each role has its own target.")
                RoleSpec prefill,
        @JsonPropertyDescription("Decode (generation) pool, if each role has its own target.")
                RoleSpec decode,
        @JsonPropertyDescription(
                        "Instead of prefill and decode: one target with equal instances "
                                + "whose role is given by a pod label and that switch roles while "
                                + "they run.")
                @Nullable WorkersSpec workers,
        @JsonPropertyDescription("GPU budget of both pools together.") @Nullable BudgetSpec budget,
        @JsonPropertyDescription("Source of metrics. Default: /metrics on port 8000 of each pod.")
                @Nullable TelemetrySpec telemetry,
        @JsonPropertyDescription("Transfer of the KV cache from prefill to decode.")
                @Nullable KvLinkSpec kvLink,
        @JsonPropertyDescription(
                        "Shortest time of an all-reduce, in microseconds, over more "
                                + "GPUs of one NVLink domain than public measurements cover (4 "
                                + "for GB200 and GB300). Default: scaled from those measurements.")
                @Min(0.1)
                @Max(10_000)
                @Nullable Double allReduceFloorMicroseconds,
        @JsonPropertyDescription(
                        "How fast each role may scale up and down, with the fields of "
                                + "the HorizontalPodAutoscaler's behavior. Default: no limit.")
                @Nullable BehaviorSpec behavior,
        // Its rules are made from Option by the test that makes the schema.
        @JsonPropertyDescription(
                        "Options of the control law, such as demandMargin: 0.3; see "
                                + "docs/options.md for all options and their ranges.")
                @Nullable Map<String, Double> options) {

    /// The same with both roles, where they share one target, as if each had it for itself.
    public RateMatcherSpec expanded() {
        return workers == null
                ? this
                : new RateMatcherSpec(
                        mode,
                        model,
                        accelerator,
                        precision,
                        kvDtype,
                        slo,
                        workers.role(Role.PREFILL),
                        workers.role(Role.DECODE),
                        workers,
                        budget,
                        telemetry,
                        kvLink,
                        allReduceFloorMicroseconds,
                        behavior,
                        options);
    }

    /// Whether decisions are carried out.
    public enum Mode {
        @JsonProperty("Recommend")
        RECOMMEND,
        @JsonProperty("Auto")
        AUTO
    }

    /// The promise.
    public record SloSpec(
            @JsonPropertyDescription("Target for the time to first token, such as 2s or 800ms.")
                    @Required
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'slo.ttft (' + self + ') must be a duration above 0, such as"
                                            + " 2s or 800ms'")
                    String ttft,
            @JsonPropertyDescription("Target for the inter-token latency, such as 40ms.")
                    @Required
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'slo.itl (' + self + ') must be a duration above 0, such as"
                                            + " 40ms'")
                    String itl,
            @JsonPropertyDescription(
                            "Percent of requests that must meet both targets. Default: 95.")
                    @Default("95")
                    @Min(Slo.PERCENTILE_MIN)
                    @Max(Slo.PERCENTILE_MAX)
                    @Nullable Double percentile) {}

    /// One pool.
    @ValidationRule(
            value = "!has(self.maxReplicas) || self.minReplicas <= self.maxReplicas",
            messageExpression =
                    "'minReplicas (%d) must be at most maxReplicas (%d)'.format([self.minReplicas,"
                            + " self.maxReplicas])")
    public record RoleSpec(
            @JsonPropertyDescription("Workload to scale.") @Required TargetRef scaleTargetRef,
            @JsonPropertyDescription(
                            "JSON pointer to the replica count, such as "
                                    + "/spec/roles/0/replicas, for targets without a scale "
                                    + "subresource. Written together with a test operation, so "
                                    + "that a list entry that has moved is never changed by "
                                    + "mistake.")
                    @Size(max = 200)
                    @Nullable String replicasPath,
            @JsonPropertyDescription(
                            "Label selector of the role's pods. Default: the selector "
                                    + "in the scale subresource.")
                    @Size(max = 500)
                    @Nullable String selector,
            @JsonPropertyDescription(
                            "GPUs of one replica. Default: counted from the target's "
                                    + "pod template. If neither is known, nothing is scaled.")
                    @Min(1)
                    @Max(4096)
                    @Nullable Integer gpusPerReplica,
            @JsonPropertyDescription(
                            "Parallelism of one replica, such as tp4 or dep8. Default: "
                                    + "tp over its GPUs.")
                    @Size(min = 2, max = 40)
                    @ValidationRule(
                            value = Rules.PARALLELISM,
                            messageExpression =
                                    "'parallelism (' + self + ') is not understood; write tp4,"
                                            + " tep8, dep16, tp2dp4ep8, tp4pp2 or tp4cpp4c8192'")
                    @Nullable String parallelism,
            @JsonPropertyDescription("Minimum replicas. Default: 1.")
                    @Default("1")
                    @Min(1)
                    @Max(100_000)
                    @Nullable Integer minReplicas,
            @JsonPropertyDescription("Maximum replicas. Default: as many as the budget allows.")
                    @Min(1)
                    @Max(100_000)
                    @Nullable Integer maxReplicas,
            @JsonPropertyDescription(
                            "Maximum tokens in one prefill iteration of one "
                                    + "data-parallel rank. Default: 8192.")
                    @Min(1)
                    @Nullable Integer maxBatchedTokens,
            @JsonPropertyDescription(
                            "Maximum sequences in a decode batch of one data-parallel "
                                    + "rank. Default: 256.")
                    @Min(1)
                    @Nullable Integer maxSequences,
            @JsonPropertyDescription(
                            "Time from a scale-up until the new replica serves: "
                                    + "scheduling, image pull, weight load. Default: 60s.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'leadTime (' + self + ') must be a duration above 0, such as"
                                            + " 90s'")
                    @Nullable String leadTime,
            @JsonPropertyDescription("How replicas are drained.") @Nullable DrainSpec drain) {}

    /// What is scaled.
    public record TargetRef(
            @JsonPropertyDescription("API version of the target. Default: apps/v1.")
                    @Default("apps/v1")
                    @Size(max = 200)
                    @Nullable String apiVersion,
            @JsonPropertyDescription(
                            "Kind of the target: Deployment, StatefulSet, LeaderWorkerSet or any"
                                    + " other with a scale subresource. Default: Deployment.")
                    @Default("Deployment")
                    @Size(max = 100)
                    @Nullable String kind,
            @JsonPropertyDescription("Name of the target, in the RateMatcher's namespace.")
                    @Required
                    @Size(min = 1, max = 253)
                    String name) {}

    /// How replicas leave a pool.
    public record DrainSpec(
            @JsonPropertyDescription(
                            "Label by which routers select pods; it is removed from a "
                                    + "pod to stop new requests to it. Must not be part of the "
                                    + "target's own selector. Not needed if pods have the "
                                    + "readiness gate ratematch.dev/serving.")
                    @Size(max = 253)
                    @Nullable String routingLabel,
            @JsonPropertyDescription(
                            "Usual time for a replica to drain; the deadline of a move "
                                    + "is derived from it. Default: 10s for prefill, 60s for "
                                    + "decode.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'drain.usual (' + self + ') must be a duration above 0, such"
                                            + " as 30s'")
                    @Nullable String usual,
            @JsonPropertyDescription(
                            "Maximum wait for running requests; after it, the pod is "
                                    + "removed anyway. Default: 10m.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'drain.timeout (' + self + ') must be a duration above 0,"
                                            + " such as 10m'")
                    @Nullable String timeout,
            @JsonPropertyDescription(
                            "Shutdown timeout of the engine, if its command line does "
                                    + "not set it.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'drain.engineShutdownTimeout (' + self + ') must be a"
                                            + " duration above 0, such as 300s'")
                    @Nullable String engineShutdownTimeout) {}

    /// GPUs.
    @ValidationRule(
            value = "!has(self.minGpus) || !has(self.gpus) || self.minGpus <= self.gpus",
            messageExpression =
                    "'budget.minGpus (%d) must be at most budget.gpus (%d)'.format([self.minGpus,"
                            + " self.gpus])")
    public record BudgetSpec(
            @JsonPropertyDescription(
                            "GPU budget of both pools together, including replicas that "
                                    + "are starting or draining. Default in mode Recommend: the "
                                    + "largest number of GPUs that they have held so far.")
                    @Min(1)
                    @Max(1_000_000)
                    @Nullable Integer gpus,
            @JsonPropertyDescription(
                            "Minimum GPUs of both pools together. If equal to gpus, the "
                                    + "fleet is only rebalanced. Default: the GPUs of minReplicas "
                                    + "of both roles.")
                    @Min(0)
                    @Max(1_000_000)
                    @Nullable Integer minGpus,
            @JsonPropertyDescription(
                            "Name of the GpuPool that the GPUs come from. If the shares "
                                    + "exceed the pool, the youngest are refused first.")
                    @Size(max = 253)
                    @Nullable String poolRef) {}

    /// Where metrics come from.
    @ValidationRule(
            value = "!(has(self.prometheus) && has(self.scrape))",
            message = "telemetry takes prometheus or scrape, not both")
    public record TelemetrySpec(
            @JsonPropertyDescription("Read metrics from a Prometheus server.")
                    @Nullable PrometheusSpec prometheus,
            @JsonPropertyDescription("Read metrics from the pods.") @Nullable ScrapeSpec scrape,
            @JsonPropertyDescription(
                            "Engine, also if it runs inside Dynamo: auto, vllm, sglang, "
                                    + "trtllm or triton. Default: auto, detected from metric "
                                    + "names.")
                    @Default("auto")
                    @Size(max = 20)
                    @Nullable String engine,
            @JsonPropertyDescription("Time between two decisions, at least 1s. Default: 15s.")
                    @Default("15s")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.SECOND_OR_MORE,
                            messageExpression =
                                    "'telemetry.interval (' + self + ') must be a duration of 1s"
                                            + " or more, such as 15s'")
                    @Nullable String interval) {}

    /// Pods that are scraped directly.
    public record ScrapeSpec(
            @JsonPropertyDescription("Port of the pods' metrics. Default: 8000.")
                    @Default("8000")
                    @Min(1)
                    @Max(65535)
                    @Nullable Integer port,
            @JsonPropertyDescription("Path of the pods' metrics. Default: /metrics.")
                    @Default("/metrics")
                    @Size(max = 200)
                    @Nullable String path,
            @JsonPropertyDescription(
                            "Label selector of the frontend's pods, where users' "
                                    + "requests arrive. Default: no frontend.")
                    @Size(max = 500)
                    @Nullable String frontendSelector) {}

    /// The KV link.
    public record KvLinkSpec(
            @JsonPropertyDescription(
                            "KV transfer bandwidth of one GPU's NIC, in GB/s in one "
                                    + "direction. Default: that of the GPU's network adapter.")
                    @Min(0.001)
                    @Nullable Double gbPerSecondPerGpu,
            @JsonPropertyDescription(
                            "pull (one read after prefill, vLLM's default), push or layerwise."
                                    + " Default: pull.")
                    @Size(max = 10)
                    @Nullable String mode) {}
}
