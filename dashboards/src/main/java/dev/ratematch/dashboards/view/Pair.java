package dev.ratematch.dashboards.view;

import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;
import org.jspecify.annotations.Nullable;

/// Replicas of both pools, and the GPUs that they hold.
public record Pair(int prefill, int decode, int gpus) {

    /// A pair of a service; null where it is unknown.
    public static @Nullable Pair of(ServiceSpec spec, @Nullable Sizes sizes) {
        return sizes == null ? null : new Pair(sizes.prefill(), sizes.decode(), spec.gpus(sizes));
    }
}
