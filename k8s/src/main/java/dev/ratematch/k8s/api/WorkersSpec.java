package dev.ratematch.k8s.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.RateMatcherSpec.DrainSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.TargetRef;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/// One target of equal instances, each of which is prefill or decode by a label and can be switched
/// from one to the other while it runs.
public record WorkersSpec(
        @JsonPropertyDescription("Workload to scale, with the instances of both roles.") @Required
                TargetRef scaleTargetRef,
        @JsonPropertyDescription(
                        "Label selector of the instances of both roles. Default: the "
                                + "selector in the scale subresource.")
                @Size(max = 500)
                @Nullable String selector,
        @JsonPropertyDescription(
                        "GPUs of one instance. Default: counted from the target's pod "
                                + "template. If neither is known, nothing is scaled.")
                @Min(1)
                @Max(4096)
                @Nullable Integer gpusPerReplica,
        @JsonPropertyDescription(
                        "Parallelism of one instance, such as tp4 or dep8. Default: tp "
                                + "over its GPUs.")
                @Size(min = 2, max = 40)
                @ValidationRule(
                        value = Rules.PARALLELISM,
                        messageExpression =
                                "'parallelism (' + self + ') is not understood; write tp4, tep8,"
                                        + " dep16, tp2dp4ep8, tp4pp2 or tp4cpp4c8192'")
                @Nullable String parallelism,
        @JsonPropertyDescription("Maximum tokens in one prefill iteration. Default: 8192.") @Min(1)
                @Nullable Integer maxBatchedTokens,
        @JsonPropertyDescription(
                        "Maximum sequences in a decode batch of one data-parallel rank. "
                                + "Default: 256.")
                @Min(1)
                @Nullable Integer maxSequences,
        @JsonPropertyDescription(
                        "Time from a scale-up until the new replica serves: scheduling, "
                                + "image pull, weight load. Default: 60s.")
                @Size(max = 20)
                @ValidationRule(
                        value = Rules.POSITIVE_DURATION,
                        messageExpression =
                                "'leadTime (' + self + ') must be a duration above 0, such as 90s'")
                @Nullable String leadTime,
        @JsonPropertyDescription(
                        "Pod label with the role of an instance, by which routers select pods.")
                @Required
                RoleLabel roleLabel,
        @JsonPropertyDescription("How instances switch roles.") @Required @JsonProperty("switch")
                SwitchSpec switching,
        @JsonPropertyDescription("Replica limits of the prefill role.")
                @Nullable RoleBounds prefill,
        @JsonPropertyDescription("Replica limits of the decode role.")
                @Nullable RoleBounds decode) {

    /// The label by which instances are told apart.
    @ValidationRule(
            value = "self.prefill != self.decode",
            messageExpression =
                    "'roleLabel.prefill and roleLabel.decode must differ; both are ' + self.prefill")
    @ValidationRule(
            value =
                    "!has(self.neither) || (self.neither != self.prefill && self.neither !="
                            + " self.decode)",
            messageExpression =
                    "'roleLabel.neither (' + self.neither + ') must be another value than those of the"
                            + " two roles'")
    public record RoleLabel(
            @JsonPropertyDescription(
                            "Name of the label. Must not be part of the target's own selector: a pod"
                                    + " whose role changes would be orphaned and replaced. Default:"
                                    + " llm-d.ai/role.")
                    @Default("llm-d.ai/role")
                    @Size(min = 1, max = 253)
                    @Nullable String key,
            @JsonPropertyDescription("Value of the label on prefill instances. Default: prefill.")
                    @Default("prefill")
                    @Size(min = 1, max = 63)
                    @Nullable String prefill,
            @JsonPropertyDescription("Value of the label on decode instances. Default: decode.")
                    @Default("decode")
                    @Size(min = 1, max = 63)
                    @Nullable String decode,
            @JsonPropertyDescription(
                            "Value of the label on an instance that must not get new "
                                    + "requests, for routers that also send requests to pods "
                                    + "without the label. Default: the label is removed.")
                    @Size(min = 1, max = 63)
                    @Nullable String neither) {

        /// Name of the label.
        public String name() {
            return key == null ? "llm-d.ai/role" : key;
        }

        /// Its value on the instances of a role.
        public String value(Role role) {
            String given = role == Role.PREFILL ? prefill : decode;
            return given == null ? role.label() : given;
        }
    }

    /// How an instance is switched.
    public record SwitchSpec(
            @JsonPropertyDescription(
                            "sglang (POST /pd_role_switch), vllm (POST /v1/pd_role), or "
                                    + "label if an instance can do both roles and only its label "
                                    + "changes.")
                    @Required
                    SwitchProtocol protocol,
            @JsonPropertyDescription(
                            "Port of the instances for switch requests. Default: their "
                                    + "metrics port.")
                    @Min(1)
                    @Max(65535)
                    @Nullable Integer port,
            @JsonPropertyDescription(
                            "Secret in the same namespace, and the key in it, with the "
                                    + "API key of the instances. Default: none.")
                    PrometheusSpec.@Nullable SecretKey secretRef,
            @JsonPropertyDescription(
                            "Maximum wait for an instance to drain; after it, the "
                                    + "instance returns to its old role. Default: 2m.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'switch.drainTimeout (' + self + ') must be a duration above"
                                            + " 0, such as 2m'")
                    @Nullable String drainTimeout,
            @JsonPropertyDescription(
                            "Maximum wait for the engine to switch roles and confirm "
                                    + "it. Default: 1m.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'switch.timeout (' + self + ') must be a duration above 0,"
                                            + " such as 1m'")
                    @Nullable String timeout,
            @JsonPropertyDescription("Maximum instances that switch at the same time. Default: 1.")
                    @Default("1")
                    @Min(1)
                    @Max(1000)
                    @Nullable Integer maxConcurrentSwitches,
            @JsonPropertyDescription(
                            "GPU memory in GB that SGLang may use for CUDA graphs on "
                                    + "the first switch to decode. Default: chosen by the engine.")
                    @Min(0.001)
                    @Max(10_000)
                    @Nullable Double decodeCudaGraphMemoryGb) {}

    /// What instances speak.
    public enum SwitchProtocol {
        @JsonProperty("sglang")
        SGLANG,
        @JsonProperty("vllm")
        VLLM,
        @JsonProperty("label")
        LABEL
    }

    /// Bounds of one role.
    @ValidationRule(
            value = "!has(self.maxReplicas) || self.minReplicas <= self.maxReplicas",
            messageExpression =
                    "'minReplicas (%d) must be at most maxReplicas (%d)'.format([self.minReplicas,"
                            + " self.maxReplicas])")
    public record RoleBounds(
            @JsonPropertyDescription("Minimum instances. Default: 1.")
                    @Default("1")
                    @Min(1)
                    @Max(100_000)
                    @Nullable Integer minReplicas,
            @JsonPropertyDescription("Maximum instances. Default: as many as the budget allows.")
                    @Min(1)
                    @Max(100_000)
                    @Nullable Integer maxReplicas,
            @JsonPropertyDescription("How instances are drained.") @Nullable RoleDrain drain) {}

    /// How instances of one role become empty.
    public record RoleDrain(
            @JsonPropertyDescription(
                            "Usual time for an instance to drain. Default: 10s for "
                                    + "prefill, 60s for decode.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'drain.usual (' + self + ') must be a duration above 0, such"
                                            + " as 30s'")
                    @Nullable String usual,
            @JsonPropertyDescription(
                            "Maximum wait for running requests; after it, the instance "
                                    + "is removed anyway. Default: 10m.")
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
                                    "'drain.engineShutdownTimeout (' + self + ') must be a duration"
                                            + " above 0, such as 300s'")
                    @Nullable String engineShutdownTimeout) {}

    /// A role as if it had the target for itself: what every reader of two targets takes.
    public RoleSpec role(Role role) {
        var bounds = role == Role.PREFILL ? prefill : decode;
        var drain = bounds == null ? null : bounds.drain();
        return new RoleSpec(
                scaleTargetRef,
                null,
                selector,
                gpusPerReplica,
                parallelism,
                bounds == null || bounds.minReplicas() == null ? 1 : bounds.minReplicas(),
                bounds == null ? null : bounds.maxReplicas(),
                role == Role.PREFILL ? maxBatchedTokens : null,
                role == Role.DECODE ? maxSequences : null,
                leadTime,
                drain == null
                        ? null
                        : new DrainSpec(
                                null,
                                drain.usual(),
                                drain.timeout(),
                                drain.engineShutdownTimeout()));
    }
}
