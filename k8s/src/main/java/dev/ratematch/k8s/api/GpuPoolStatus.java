package dev.ratematch.k8s.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who holds which share.
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GpuPoolStatus(
        @JsonPropertyDescription("GPUs granted.") @Nullable Integer grantedGpus,
        @JsonPropertyDescription("Shares, ordered by age of the RateMatcher, oldest first.")
                @Nullable List<Share> shares) {

    /// One RateMatcher's share.
    public record Share(
            @JsonPropertyDescription("Namespace of the RateMatcher.") String namespace,
            @JsonPropertyDescription("Name of the RateMatcher.") String name,
            @JsonPropertyDescription("GPUs requested.") Integer gpus,
            @JsonPropertyDescription("Whether the pool has room for them.") Boolean granted) {}
}
