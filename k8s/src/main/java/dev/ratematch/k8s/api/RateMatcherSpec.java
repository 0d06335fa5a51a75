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
                "mode Auto needs budget.gpus, the GPUs of both pools together; without a limit use"
                        + " mode Recommend")
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
                        "Recommend only says what it would do; Auto also does it. Auto needs"
                                + " budget.gpus.")
                @Default("Recommend")
                Mode mode,
        @JsonPropertyDescription(
                        "The model served: a name of the catalogue such as llama-3.1-70b, or its"
                                + " Hugging Face id.")
                @Required
                @Size(min = 1, max = 200)
                String model,
        @JsonPropertyDescription(
                        "The GPU: b200, b300, gb200, gb300, h100 or h200. Default: that of the"
                                + " GpuPool, else what the node label nvidia.com/gpu.product of a"
                                + " running pod says.")
                @Size(max = 40)
                @Nullable String accelerator,
        @JsonPropertyDescription(
                        "Type of the weights: bf16, fp8 (in blocks where the checkpoint has them),"
                                + " nvfp4, mxfp4 or int4. Default: what the ending of model"
                                + " states, such as -FP8, else how the model was first"
                                + " published.")
                @Size(max = 20)
                @Nullable String precision,
        @JsonPropertyDescription("Type of the KV cache: bf16 or fp8. Default: fp8.") @Size(max = 20)
                @Nullable String kvDtype,
        @JsonPropertyDescription("The latency promise.") @Required SloSpec slo,
        @JsonPropertyDescription(
                        "The prefill (context) pool, where each role has a target of its own.")
                RoleSpec prefill,
        @JsonPropertyDescription(
                        "The decode (generation) pool, where each role has a target of its own.")
                RoleSpec decode,
        @JsonPropertyDescription(
                        "One target of equal instances that are told apart by a label and switch"
                                + " from one role to the other while they run; instead of prefill and"
                                + " decode.")
                @Nullable WorkersSpec workers,
        @JsonPropertyDescription("How many GPUs both pools may hold together.")
                @Nullable BudgetSpec budget,
        @JsonPropertyDescription(
                        "Where metrics come from. Default: each pod's own /metrics on port 8000.")
                @Nullable TelemetrySpec telemetry,
        @JsonPropertyDescription("How KV leaves prefill.") @Nullable KvLinkSpec kvLink,
        @JsonPropertyDescription(
                        "Least time of an all-reduce over more GPUs of one NVLink domain than"
                                + " public tables cover (4 of GB200 and GB300), microseconds."
                                + " Default: scaled from those tables.")
                @Min(0.1)
                @Max(10_000)
                @Nullable Double allReduceFloorMicroseconds,
        @JsonPropertyDescription(
                        "How fast each role may grow and shrink, in the words of the"
                                + " HorizontalPodAutoscaler's behavior. Default: as fast as its"
                                + " plan.")
                @Nullable BehaviorSpec behavior,
        // Its rules are made from Option by the test that makes the schema.
        @JsonPropertyDescription(
                        "Numbers of the control law by their keys, such as demandMargin: 0.3;"
                                + " docs/options.md lists them with their ranges.")
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
            @JsonPropertyDescription("Time to first token, such as 2s or 800ms.")
                    @Required
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'slo.ttft (' + self + ') must be a duration above 0, such as"
                                            + " 2s or 800ms'")
                    String ttft,
            @JsonPropertyDescription("Inter-token latency, such as 40ms.")
                    @Required
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'slo.itl (' + self + ') must be a duration above 0, such as"
                                            + " 40ms'")
                    String itl,
            @JsonPropertyDescription("Share of requests that must meet both, percent. Default: 95.")
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
            @JsonPropertyDescription("What is scaled.") @Required TargetRef scaleTargetRef,
            @JsonPropertyDescription(
                            "JSON pointer to the replica count, such as"
                                    + " /spec/roles/0/replicas, for targets without a scale"
                                    + " subresource. Written with a test operation, so that a"
                                    + " moved list entry is never hit by mistake.")
                    @Size(max = 200)
                    @Nullable String replicasPath,
            @JsonPropertyDescription(
                            "Label selector of the role's pods. Default: what the scale"
                                    + " subresource says.")
                    @Size(max = 500)
                    @Nullable String selector,
            @JsonPropertyDescription(
                            "GPUs of one replica. Default: counted in the target's pod template."
                                    + " Where neither is known, nothing is scaled.")
                    @Min(1)
                    @Max(4096)
                    @Nullable Integer gpusPerReplica,
            @JsonPropertyDescription(
                            "How one replica is spread, such as tp4 or dep8. Default: tp over its"
                                    + " GPUs.")
                    @Size(min = 2, max = 40)
                    @ValidationRule(
                            value = Rules.PARALLELISM,
                            messageExpression =
                                    "'parallelism (' + self + ') is not understood; write tp4,"
                                            + " tep8, dep16, tp2dp4ep8, tp4pp2 or tp4cpp4c8192'")
                    @Nullable String parallelism,
            @JsonPropertyDescription("Fewest replicas. Default: 1.")
                    @Default("1")
                    @Min(1)
                    @Max(100_000)
                    @Nullable Integer minReplicas,
            @JsonPropertyDescription("Most replicas. Default: what the budget leaves.")
                    @Min(1)
                    @Max(100_000)
                    @Nullable Integer maxReplicas,
            @JsonPropertyDescription(
                            "Token budget of one prefill iteration of one data-parallel rank. Default: 8192.")
                    @Min(1)
                    @Nullable Integer maxBatchedTokens,
            @JsonPropertyDescription(
                            "Most sequences in a decode batch of one data-parallel rank. Default: 256.")
                    @Min(1)
                    @Nullable Integer maxSequences,
            @JsonPropertyDescription(
                            "From command to serving: scheduling, image pull, weight load."
                                    + " Default: 60s.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'leadTime (' + self + ') must be a duration above 0, such as"
                                            + " 90s'")
                    @Nullable String leadTime,
            @JsonPropertyDescription("How replicas leave.") @Nullable DrainSpec drain) {}

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
                            "Label that routers select pods by; taken off a pod to send it no new"
                                    + " requests. Must not be part of the target's own selector."
                                    + " Not needed where pods have the readiness gate"
                                    + " ratematch.dev/serving.")
                    @Size(max = 253)
                    @Nullable String routingLabel,
            @JsonPropertyDescription(
                            "How long a replica usually takes to become empty; a move's deadline"
                                    + " follows from it. Default: 10s for prefill, 60s for decode.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'drain.usual (' + self + ') must be a duration above 0, such"
                                            + " as 30s'")
                    @Nullable String usual,
            @JsonPropertyDescription(
                            "Longest wait for running requests to end before a pod is removed all"
                                    + " the same. Default: 10m.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'drain.timeout (' + self + ') must be a duration above 0,"
                                            + " such as 10m'")
                    @Nullable String timeout,
            @JsonPropertyDescription(
                            "The engine's own shut-down time-out, where its command line does not"
                                    + " say it.")
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
                            "GPUs that both pools may hold together, replicas that start and drain"
                                    + " included. Default in mode Recommend: the most that they have been"
                                    + " seen to hold.")
                    @Min(1)
                    @Max(1_000_000)
                    @Nullable Integer gpus,
            @JsonPropertyDescription(
                            "GPUs that the fleet is never shrunk below. Equal to gpus, replicas only"
                                    + " change sides. Default: what minReplicas of both roles hold.")
                    @Min(0)
                    @Max(1_000_000)
                    @Nullable Integer minGpus,
            @JsonPropertyDescription(
                            "Name of the GpuPool that the GPUs are a share of. Shares that exceed"
                                    + " the pool are refused, the youngest first.")
                    @Size(max = 253)
                    @Nullable String poolRef) {}

    /// Where metrics come from.
    @ValidationRule(
            value = "!(has(self.prometheus) && has(self.scrape))",
            message = "telemetry takes prometheus or scrape, not both")
    public record TelemetrySpec(
            @JsonPropertyDescription("Read a Prometheus server.")
                    @Nullable PrometheusSpec prometheus,
            @JsonPropertyDescription("Read the pods themselves.") @Nullable ScrapeSpec scrape,
            @JsonPropertyDescription(
                            "Engine, inside of Dynamo too: auto, vllm, sglang, trtllm or triton."
                                    + " Default: auto, by the metric names seen.")
                    @Default("auto")
                    @Size(max = 20)
                    @Nullable String engine,
            @JsonPropertyDescription("Time between two decisions, 1s at least. Default: 15s.")
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
                            "Label selector of the frontend's pods, where users' requests arrive;"
                                    + " none by default.")
                    @Size(max = 500)
                    @Nullable String frontendSelector) {}

    /// The KV link.
    public record KvLinkSpec(
            @JsonPropertyDescription(
                            "KV bandwidth of one GPU's NIC, GB/s one way. Default: its network adapter.")
                    @Min(0.001)
                    @Nullable Double gbPerSecondPerGpu,
            @JsonPropertyDescription(
                            "pull (one read after prefill, vLLM's default), push or layerwise."
                                    + " Default: pull.")
                    @Size(max = 10)
                    @Nullable String mode) {}
}
