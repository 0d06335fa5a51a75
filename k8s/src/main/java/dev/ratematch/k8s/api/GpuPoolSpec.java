package dev.ratematch.k8s.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/// A budget that RateMatchers take shares of.
public record GpuPoolSpec(
        @JsonPropertyDescription("GPU type: b200, b300, gb200, gb300, h100 or h200.")
                @Required
                @Size(min = 1, max = 40)
                String accelerator,
        @JsonPropertyDescription("GPUs that all services of the pool may use together.")
                @Required
                @Min(1)
                @Max(1_000_000)
                Integer gpus) {}
