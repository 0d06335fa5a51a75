package dev.ratematch.k8s.operator;

import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSource;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.k8s.api.GpuPool;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.WorkersSpec.SwitchSpec;
import dev.ratematch.k8s.fleet.PodWrites;
import dev.ratematch.k8s.fleet.ScaleTargets;
import dev.ratematch.k8s.fleet.TargetClient;
import dev.ratematch.k8s.fleet.TargetException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What sessions see of the cluster, and the fleet that they act on.
interface ClusterView {

    ScaleTargets targets();

    /// @param owner for whom pods are drained, as [Marks#owner] has it
    PodWrites podWrites(String owner);

    /// The pods that carry a mark of ours, in every namespace that is watched.
    List<Pod> marked();

    /// Gives a RateMatcher our finalizer, or takes it away; twice is as good as once.
    ///
    /// @throws TargetException when the server refuses
    void hold(RateMatcher matcher, boolean held);

    Fetcher fetcher();

    PrometheusSource prometheus(PrometheusSettings settings);

    /// Engines that are told their role as a spec has it.
    ///
    /// @param key that they ask for; null for none
    SwitchPort switching(SwitchSpec spec, @Nullable String key);

    /// One key of a Secret as text.
    ///
    /// @throws RefusedException when it cannot be read
    String secret(String namespace, String name, String key);

    /// The pods that a selector finds, in its text form.
    ///
    /// @throws RefusedException when the text is no selector
    List<Pod> pods(String namespace, String selector);

    Optional<GpuPool> pool(String name);

    /// Whether pools can be read at all; a namespaced installation cannot.
    boolean readsPools();

    List<RateMatcher> matchers();

    /// Other RateMatchers that may have a target, or pods, in common with one; itself may be among
    /// them.
    List<RateMatcher> rivals(RateMatcher matcher);

    /// An object that a watch keeps; empty where none does, or it is gone.
    Optional<GenericKubernetesResource> watched(TargetClient.Key key);

    /// A right, as it stands in a role, that carrying out decisions on two targets takes and that
    /// is denied; empty where none is.
    Optional<String> denied(RateMatcher matcher, Instant now);

    /// The autoscaler that scales a target, if there is one.
    Optional<String> autoscaler(TargetClient.Key key);

    /// The GPU product that a node's label names; empty where nodes cannot be read.
    Optional<String> product(String node);

    /// Whether a node still reports.
    NodeHealth node(String name);
}
