package dev.ratematch.k8s.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How fast each role may go which way, in the words of the HorizontalPodAutoscaler.
public record BehaviorSpec(
        @JsonPropertyDescription("Behavior of the prefill pool.")
                @Nullable RoleBehaviorSpec prefill,
        @JsonPropertyDescription("Behavior of the decode pool.")
                @Nullable RoleBehaviorSpec decode) {

    /// One role, both ways.
    public record RoleBehaviorSpec(
            @JsonPropertyDescription("How replicas are added.") @Nullable DirectionSpec scaleUp,
            @JsonPropertyDescription("How replicas are removed.")
                    @Nullable DirectionSpec scaleDown) {}

    /// One role, one way.
    public record DirectionSpec(
            @JsonPropertyDescription(
                            "Stabilization window in seconds: a change goes only as far "
                                    + "as was recommended throughout the window. If set, it also "
                                    + "applies to rebalances. Default: 0 to scale up; the option "
                                    + "scaleDownWindowSeconds to scale down.")
                    @Min(0)
                    @Max(3600)
                    @Nullable Integer stabilizationWindowSeconds,
            @JsonPropertyDescription(
                            "Limits on how much the replica count may change within a "
                                    + "period. Default: no limit.")
                    @Size(max = 16)
                    @Nullable List<PolicySpec> policies,
            @JsonPropertyDescription(
                            "Which of several policies applies: the one that allows "
                                    + "most (Max) or least (Min); Disabled forbids this "
                                    + "direction. Default: Max.")
                    @Nullable SelectPolicy selectPolicy,
            @JsonPropertyDescription(
                            "Changes smaller than this share of the current replica "
                                    + "count are not made. Default: 0.")
                    @Min(0)
                    @Max(1)
                    @Nullable Double tolerance) {}

    /// Which policy counts.
    public enum SelectPolicy {
        @JsonProperty("Max")
        MAX,
        @JsonProperty("Min")
        MIN,
        @JsonProperty("Disabled")
        DISABLED
    }

    /// At most so much in a period.
    public record PolicySpec(
            @JsonPropertyDescription(
                            "Unit of value: Replicas (called Pods by the "
                                    + "HorizontalPodAutoscaler), or Percent of the replicas at "
                                    + "the start of the period.")
                    @Required
                    PolicyType type,
            @JsonPropertyDescription("Largest change of the replica count within the period.")
                    @Required
                    @Min(1)
                    @Max(1_000_000)
                    Integer value,
            @JsonPropertyDescription("Length of the period in seconds; it ends now.")
                    @Required
                    @Min(1)
                    @Max(1800)
                    Integer periodSeconds) {}

    /// What a policy counts in.
    public enum PolicyType {
        @JsonProperty("Replicas")
        REPLICAS,
        @JsonProperty("Pods")
        PODS,
        @JsonProperty("Percent")
        PERCENT
    }
}
