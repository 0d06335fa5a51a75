package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What one run of a session found: all that the cluster says, before anything is concluded.
///
/// @param spec of the matcher, with every field that must be there
/// @param accelerator the GPU by name; null where nobody says it
/// @param neighbours others that may have a hand on the same targets or pods
/// @param stored what an earlier process left for the next start; null for nothing
/// @param ungranted what mode Auto needs and is not granted; null where nothing is missing
record SessionLook(
        RateMatcher matcher,
        RateMatcherSpec spec,
        Pool prefill,
        Pool decode,
        @Nullable String accelerator,
        @Nullable Refusal ungranted,
        Neighbours neighbours,
        @Nullable String stored,
        Instant at) {

    /// One of the two pools.
    ///
    /// @param replicas that its target counts, our own last write included
    /// @param heldGpus GPUs that its replicas hold; 0 where their width is unknown
    /// @param autoscaler an HPA that scales the target; null for none
    /// @param asked whether `replicas` may come of a write of ours whose answer was lost
    record Pool(
            Side side, int replicas, int heldGpus, @Nullable String autoscaler, boolean asked) {}

    Pool of(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// Whether its owner asked to leave the fleet alone.
    boolean paused() {
        var annotations = matcher.getMetadata().getAnnotations();
        return annotations != null && "true".equals(annotations.get(Api.PAUSED));
    }

    /// What the status says of the spec as an earlier run, or an earlier process, filled it in.
    @Nullable Resolved resolvedBefore() {
        return matcher.getStatus() == null ? null : matcher.getStatus().resolved();
    }
}
