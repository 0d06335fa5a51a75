package dev.ratematch.k8s.operator;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How one operator process runs.
///
/// @param namespaces watched; empty for all
/// @param httpPort of `/metrics`, `/healthz` and `/readyz`; 0 for any free one
/// @param scalerPort of KEDA's external scaler; 0 for any free one, negative for none
/// @param leaseNamespace where the leader's lease is; null for no election
/// @param identity of this process among its replicas, such as the pod's name
/// @param scrapeTimeout of one pod's metrics
/// @param threads most RateMatchers worked on at once
/// @param journal of every cycle; null for none
public record OperatorSettings(
        Set<String> namespaces,
        int httpPort,
        int scalerPort,
        @Nullable String leaseNamespace,
        String identity,
        Duration scrapeTimeout,
        int threads,
        @Nullable JournalSettings journal) {

    /// Settings without a journal.
    public OperatorSettings(
            Set<String> namespaces,
            int httpPort,
            int scalerPort,
            @Nullable String leaseNamespace,
            String identity,
            Duration scrapeTimeout,
            int threads) {
        this(
                namespaces,
                httpPort,
                scalerPort,
                leaseNamespace,
                identity,
                scrapeTimeout,
                threads,
                null);
    }

    public OperatorSettings {
        namespaces = Set.copyOf(namespaces);
    }

    /// Whether all namespaces are watched.
    public boolean clusterWide() {
        return namespaces.isEmpty();
    }
}
