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
        @JsonPropertyDescription("What is scaled: the instances of both roles together.") @Required
                TargetRef scaleTargetRef,
        @JsonPropertyDescription(
                        "Label selector of the instances, whatever their role. Default: what the"
                                + " scale subresource says.")
                @Size(max = 500)
                @Nullable String selector,
        @JsonPropertyDescription(
                        "GPUs of one instance. Default: counted in the target's pod template. Where"
                                + " neither is known, nothing is scaled.")
                @Min(1)
                @Max(4096)
                @Nullable Integer gpusPerReplica,
        @JsonPropertyDescription(
                        "How one instance is spread, such as tp4 or dep8. Default: tp over its GPUs.")
                @Size(min = 2, max = 40)
                @ValidationRule(
                        value = Rules.PARALLELISM,
                        messageExpression =
                                "'parallelism (' + self + ') is not understood; write tp4, tep8,"
                                        + " dep16, tp2dp4ep8, tp4pp2 or tp4cpp4c8192'")
                @Nullable String parallelism,
        @JsonPropertyDescription("Token budget of one prefill iteration. Default: 8192.") @Min(1)
                @Nullable Integer maxBatchedTokens,
        @JsonPropertyDescription(
                        "Most sequences in a decode batch of one data-parallel rank. Default: 256.")
                @Min(1)
                @Nullable Integer maxSequences,
        @JsonPropertyDescription(
                        "From command to serving: scheduling, image pull, weight load. Default: 60s.")
                @Size(max = 20)
                @ValidationRule(
                        value = Rules.POSITIVE_DURATION,
                        messageExpression =
                                "'leadTime (' + self + ') must be a duration above 0, such as 90s'")
                @Nullable String leadTime,
        @JsonPropertyDescription(
                        "The pod label that says an instance's role, and that routers select by.")
                @Required
                RoleLabel roleLabel,
        @JsonPropertyDescription("How an instance is switched.") @Required @JsonProperty("switch")
                SwitchSpec switching,
        @JsonPropertyDescription("Bounds of the prefill role.") @Nullable RoleBounds prefill,
        @JsonPropertyDescription("Bounds of the decode role.") @Nullable RoleBounds decode) {

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
            @JsonPropertyDescription("Its value on prefill instances. Default: prefill.")
                    @Default("prefill")
                    @Size(min = 1, max = 63)
                    @Nullable String prefill,
            @JsonPropertyDescription("Its value on decode instances. Default: decode.")
                    @Default("decode")
                    @Size(min = 1, max = 63)
                    @Nullable String decode,
            @JsonPropertyDescription(
                            "Its value on an instance that is to get no new requests, for routers"
                                    + " that send requests to pods without the label. Default: the"
                                    + " label is taken off.")
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
                            "sglang (POST /pd_role_switch), vllm (POST /v1/pd_role) or label: the"
                                    + " instance does either job, and only its label changes.")
                    @Required
                    SwitchProtocol protocol,
            @JsonPropertyDescription(
                            "Port of the instances on which they are asked to switch. Default: that"
                                    + " of their metrics.")
                    @Min(1)
                    @Max(65535)
                    @Nullable Integer port,
            @JsonPropertyDescription(
                            "Secret in the same namespace, and its key with the instances' API key."
                                    + " Default: none.")
                    PrometheusSpec.@Nullable SecretKey secretRef,
            @JsonPropertyDescription(
                            "Longest wait for an instance's requests to end; then it goes back into"
                                    + " its old role. Default: 2m.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'switch.drainTimeout (' + self + ') must be a duration above"
                                            + " 0, such as 2m'")
                    @Nullable String drainTimeout,
            @JsonPropertyDescription(
                            "Longest wait for the engine to change its role and to say so. Default:"
                                    + " 1m.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'switch.timeout (' + self + ') must be a duration above 0,"
                                            + " such as 1m'")
                    @Nullable String timeout,
            @JsonPropertyDescription(
                            "Most instances that are out of both roles at once. Default: 1.")
                    @Default("1")
                    @Min(1)
                    @Max(1000)
                    @Nullable Integer maxConcurrentSwitches,
            @JsonPropertyDescription(
                            "GPU memory that SGLang may take for the CUDA graphs of its first switch"
                                    + " to decode, GB. Default: the engine's own choice.")
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
            @JsonPropertyDescription("Fewest instances. Default: 1.")
                    @Default("1")
                    @Min(1)
                    @Max(100_000)
                    @Nullable Integer minReplicas,
            @JsonPropertyDescription("Most instances. Default: what the budget leaves.")
                    @Min(1)
                    @Max(100_000)
                    @Nullable Integer maxReplicas,
            @JsonPropertyDescription("How instances become empty.") @Nullable RoleDrain drain) {}

    /// How instances of one role become empty.
    public record RoleDrain(
            @JsonPropertyDescription(
                            "How long an instance usually takes to become empty. Default: 10s for"
                                    + " prefill, 60s for decode.")
                    @Size(max = 20)
                    @ValidationRule(
                            value = Rules.POSITIVE_DURATION,
                            messageExpression =
                                    "'drain.usual (' + self + ') must be a duration above 0, such"
                                            + " as 30s'")
                    @Nullable String usual,
            @JsonPropertyDescription(
                            "Longest wait for running requests to end before an instance is removed"
                                    + " all the same. Default: 10m.")
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
