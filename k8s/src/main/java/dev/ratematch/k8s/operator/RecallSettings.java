package dev.ratematch.k8s.operator;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is to be recalled.
///
/// @param namespaces whose pods and RateMatchers are looked at; empty for all
/// @param own namespace of the operator and its Lease
/// @param deployment of the operator, which is stopped first; null where it does not run
/// @param keepsLease whether the operator goes on, without the right to drain
/// @param patience longest wait for its pods to be gone
public record RecallSettings(
        Set<String> namespaces,
        String own,
        @Nullable String deployment,
        boolean keepsLease,
        Duration patience) {

    public RecallSettings {
        namespaces = Set.copyOf(namespaces);
    }
}
