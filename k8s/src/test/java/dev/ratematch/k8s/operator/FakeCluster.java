package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.publish.ConsolePort;
import dev.ratematch.controller.publish.CycleBoard;
import dev.ratematch.controller.publish.CycleMetrics;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSource;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.GpuPool;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.WorkersSpec.SwitchSpec;
import dev.ratematch.k8s.fleet.PodWrites;
import dev.ratematch.k8s.fleet.ScaleTargets;
import dev.ratematch.k8s.fleet.TargetClient;
import dev.ratematch.k8s.fleet.TargetException;
import dev.ratematch.k8s.fleet.TargetView;
import dev.ratematch.k8s.operator.Sources.Readers;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A cluster in memory that records, in order, what is written to it. Its controllers do nothing:
/// pods neither come nor go.
final class FakeCluster extends FakePods implements ClusterView, ScaleTargets {

    /// Requests that the engine of a pod computes; pods that are not in it do not answer.
    final Map<String, Integer> running = new TreeMap<>();

    /// The engines that are told their roles.
    FakeSwitches engines = new FakeSwitches();

    private static final Set<String> WRITTEN = Set.of("status", "memory", "switches");

    final Map<String, String> autoscalers = new TreeMap<>();

    /// Other RateMatchers.
    final List<RateMatcher> rivals = new ArrayList<>();

    final List<RateMatcher> matchers = new ArrayList<>();

    /// Values by `secret/key`.
    final Map<String, String> secrets = new TreeMap<>();

    /// Nodes that are not well.
    final Map<String, NodeHealth> nodes = new TreeMap<>();

    Function<PrometheusSettings, PrometheusSource> stores =
            _ -> {
                throw new AssertionError("no Prometheus is read here");
            };

    /// A right that the operator has not.
    @Nullable String denied;

    /// What somebody else does between our look and our write.
    Runnable beforeWrite = () -> {};

    private final Map<String, String> manifests = new TreeMap<>();
    private final Map<String, Integer> replicas = new TreeMap<>();
    private @Nullable RuntimeException holdFails;

    /// A session of a RateMatcher in it.
    Session session(Readers readers, Reads.Background background, RateMatcher matcher) {
        return session(readers, background, matcher, new SimpleMeterRegistry());
    }

    Session session(
            Readers readers,
            Reads.Background background,
            RateMatcher matcher,
            MeterRegistry metrics) {
        return new Session(
                this,
                this,
                readers,
                new Recommendations(),
                new CycleBoard(new CycleMetrics(metrics), ConsolePort.NONE),
                background,
                matcher);
    }

    /// A Deployment and its pods, all serving.
    void deploy(String name, int count) {
        deploy(name, Manifests.deployment(name, count), count);
    }

    /// The same by another manifest.
    void deploy(String name, String manifest, int count) {
        manifests.put(name, manifest);
        replicas.put(name, count);
        for (int i = 0; i < count; i++) {
            var pod =
                    Serialization.unmarshal(
                            """
                            metadata:
                              name: %1$s-%2$d
                              namespace: llm
                              uid: %1$s-%2$d
                              resourceVersion: "1"
                              labels: {app: %1$s, serve: "yes", pod-template-hash: "1"}
                              ownerReferences:
                              - {kind: ReplicaSet, name: %1$s-1, controller: true}
                            spec: {nodeName: a}
                            status: {conditions: [{type: Ready, status: "True"}]}
                            """
                                    .formatted(name, i),
                            Pod.class);
            pods.put(pod.getMetadata().getName(), pod);
        }
    }

    /// A Deployment of workers and its pods, all serving, told apart by a label.
    void workers(String name, int prefill, int decode) {
        deploy(name, prefill + decode);
        int left = prefill;
        for (var pod : List.copyOf(pods.values())) {
            if (pod.getMetadata().getName().startsWith(name + "-")) {
                String role = left-- > 0 ? "prefill" : "decode";
                relabel(pod.getMetadata().getName(), role);
                running.put(pod.getMetadata().getName(), 0);
                pod.getStatus().setPodIP(pod.getMetadata().getName());
                engines.roles.put(
                        "http://%s:8000".formatted(pod.getMetadata().getName()),
                        Role.valueOf(role.toUpperCase(Locale.ROOT)));
            }
        }
    }

    void remove(String name) {
        manifests.remove(name);
    }

    /// Somebody else sets a count.
    void scaleByHand(String name, int count) {
        replicas.put(name, count);
        version++;
    }

    void failHold(@Nullable RuntimeException with) {
        holdFails = with;
    }

    /// What has drained is gone, and its target counts what is left.
    void shrink(String name, int count) {
        replicas.put(name, count);
        version++;
        pods.values()
                .removeIf(
                        pod ->
                                pod.getMetadata().getAnnotations() != null
                                        && pod.getMetadata()
                                                .getAnnotations()
                                                .containsKey(Api.DRAINING));
    }

    int replicas(String name) {
        return replicas.getOrDefault(name, 0);
    }

    /// What was written to targets and pods.
    List<String> touched() {
        return writes.stream()
                .filter(line -> !WRITTEN.contains(line) && !line.startsWith("event"))
                .filter(line -> !line.equals("hold") && !line.equals("let go"))
                .toList();
    }

    @Override
    public ScaleTargets targets() {
        return this;
    }

    @Override
    public PodWrites podWrites(String owner) {
        this.owner = owner;
        return this;
    }

    @Override
    public void hold(RateMatcher matcher, boolean held) {
        if (holdFails != null) {
            throw holdFails;
        }
        writes.add(held ? "hold" : "let go");
    }

    @Override
    public TargetView read(String namespace, RoleSpec role) {
        String name = role.scaleTargetRef().name();
        var manifest = manifests.get(name);
        if (manifest == null) {
            throw new TargetException("Deployment/%s does not exist".formatted(name));
        }
        var object = Serialization.unmarshal(manifest, GenericKubernetesResource.class);
        object.getMetadata().setResourceVersion(Integer.toString(version));
        return new TargetView(object, replicas(name), "app=" + name);
    }

    @Override
    public long write(String namespace, RoleSpec role, int expected, int count) {
        String name = role.scaleTargetRef().name();
        beforeWrite.run();
        if (expected != replicas(name)) {
            throw TargetException.raced("Deployment/" + name, expected, null);
        }
        writes.add("scale %s %d -> %d".formatted(name, expected, count));
        replicas.put(name, count);
        return ++version;
    }

    @Override
    public @Nullable Integer devices(String namespace, String template) {
        return null;
    }

    /// The page of an engine that computes so many requests.
    private static String metrics(int load) {
        return """
        vllm:num_requests_running %d
        vllm:num_requests_waiting 0
        vllm:kv_cache_usage_perc 0
        """
                .formatted(load);
    }

    @Override
    public Fetcher fetcher() {
        return targets ->
                targets.stream()
                        .map(
                                t -> {
                                    Integer load = running.get(t.pod());
                                    return load == null
                                            ? Answer.failed(t, "no engine here")
                                            : Answer.of(t, metrics(load));
                                })
                        .toList();
    }

    @Override
    public PrometheusSource prometheus(PrometheusSettings settings) {
        return stores.apply(settings);
    }

    @Override
    public SwitchPort switching(SwitchSpec spec, @Nullable String key) {
        return engines;
    }

    @Override
    public String secret(String namespace, String name, String key) {
        String value = secrets.get(name + "/" + key);
        if (value == null) {
            throw new RefusedException(
                    "SecretMissing", "Secret %s does not exist.".formatted(name));
        }
        return value;
    }

    @Override
    public List<Pod> pods(String namespace, String selector) {
        var test = Surroundings.selector(selector);
        return pods.values().stream()
                .filter(pod -> test.test(pod.getMetadata().getLabels()))
                .toList();
    }

    @Override
    public Optional<GpuPool> pool(String name) {
        return Optional.empty();
    }

    @Override
    public boolean readsPools() {
        return true;
    }

    @Override
    public List<RateMatcher> matchers() {
        return List.copyOf(matchers);
    }

    @Override
    public List<RateMatcher> rivals(RateMatcher matcher) {
        return rivals;
    }

    @Override
    public Optional<GenericKubernetesResource> watched(TargetClient.Key key) {
        return Optional.ofNullable(manifests.get(key.name()))
                .map(yaml -> Serialization.unmarshal(yaml, GenericKubernetesResource.class));
    }

    @Override
    public Optional<String> denied(RateMatcher matcher, Instant now) {
        return Optional.ofNullable(denied);
    }

    @Override
    public Optional<String> autoscaler(TargetClient.Key key) {
        return Optional.ofNullable(autoscalers.get(key.name()));
    }

    @Override
    public Optional<String> product(String node) {
        return Optional.empty();
    }

    @Override
    public NodeHealth node(String name) {
        return nodes.getOrDefault(name, new NodeHealth(NodeHealth.State.READY, null));
    }
}
