package dev.ratematch.k8s.operator;

import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSource;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.k8s.api.GpuPool;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.PodWrites;
import dev.ratematch.k8s.fleet.ScaleTargets;
import dev.ratematch.k8s.fleet.TargetClient;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What sessions see of the cluster, and the fleet that they act on.
interface ClusterView {

    ScaleTargets targets();

    PodWrites podWrites();

    Fetcher fetcher();

    PrometheusSource prometheus(PrometheusSettings settings);

    /// One key of a Secret as text.
    ///
    /// @throws RefusedException when it cannot be read
    String secret(String namespace, String name, String key);

    List<Pod> pods(String namespace, Predicate<@Nullable Map<String, String>> selector);

    Optional<GpuPool> pool(String name);

    /// Whether pools can be read at all; a namespaced installation cannot.
    boolean readsPools();

    List<RateMatcher> matchers();

    /// The autoscaler that scales a target, if there is one.
    Optional<String> autoscaler(TargetClient.Key key);

    /// The GPU product that a node's label names; empty where nodes cannot be read.
    Optional<String> product(String node);

    /// Whether a node still reports.
    NodeHealth node(String name);
}
