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
        @JsonPropertyDescription("Of the prefill pool.") @Nullable RoleBehaviorSpec prefill,
        @JsonPropertyDescription("Of the decode pool.") @Nullable RoleBehaviorSpec decode) {

    /// One role, both ways.
    public record RoleBehaviorSpec(
            @JsonPropertyDescription("How replicas are added.") @Nullable DirectionSpec scaleUp,
            @JsonPropertyDescription("How replicas are removed.")
                    @Nullable DirectionSpec scaleDown) {}

    /// One role, one way.
    public record DirectionSpec(
            @JsonPropertyDescription(
                            "The role goes only as far as was wanted throughout this window, seconds;"
                                    + " where it is set, rebalances included. Default: 0 to grow; to"
                                    + " give GPUs back the option scaleDownWindowSeconds.")
                    @Min(0)
                    @Max(3600)
                    @Nullable Integer stabilizationWindowSeconds,
            @JsonPropertyDescription(
                            "How much the commanded count may change within a period. Default: any"
                                    + " change.")
                    @Size(max = 16)
                    @Nullable List<PolicySpec> policies,
            @JsonPropertyDescription(
                            "Of several policies the one that allows most (Max) or least (Min);"
                                    + " Disabled forbids the direction. Default: Max.")
                    @Nullable SelectPolicy selectPolicy,
            @JsonPropertyDescription(
                            "A change smaller than this share of the role's present count is not"
                                    + " made. Default: 0.")
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
                            "What value counts: Replicas (the autoscaler says Pods), or Percent of"
                                    + " those at the period's start.")
                    @Required
                    PolicyType type,
            @JsonPropertyDescription("Most that the commanded count changes within the period.")
                    @Required
                    @Min(1)
                    @Max(1_000_000)
                    Integer value,
            @JsonPropertyDescription("The period, which ends now, seconds.")
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
