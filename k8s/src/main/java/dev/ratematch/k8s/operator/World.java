package dev.ratematch.k8s.operator;

import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSource;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.GpuPool;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.api.WorkersSpec.SwitchSpec;
import dev.ratematch.k8s.fleet.Marks;
import dev.ratematch.k8s.fleet.Permissions;
import dev.ratematch.k8s.fleet.PodWriter;
import dev.ratematch.k8s.fleet.PodWrites;
import dev.ratematch.k8s.fleet.ScaleTargets;
import dev.ratematch.k8s.fleet.TargetClient;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The cluster by its API server, from watches wherever there is one.
final class World implements ClusterView, Notes {

    private static final String PRODUCT_LABEL = "nvidia.com/gpu.product";

    private final KubernetesClient client;
    private final Fetcher fetcher;
    private final Function<PrometheusSettings, PrometheusSource> connect;
    private final Map<URI, PrometheusSource> prometheuses = new ConcurrentHashMap<>();
    private final SwitchEngines engines;
    private final TargetClient targets;
    private final Permissions permissions;
    private final Events events;
    private final Memories memories;
    private final Journals journals;
    private final Map<String, String> products = new ConcurrentHashMap<>();
    private final Map<String, InformerEventSource<GenericKubernetesResource, RateMatcher>> watched =
            new ConcurrentHashMap<>();
    private @Nullable InformerEventSource<Pod, RateMatcher> pods;
    private @Nullable InformerEventSource<HorizontalPodAutoscaler, RateMatcher> autoscalers;
    private @Nullable InformerEventSource<GpuPool, RateMatcher> pools;
    private @Nullable IndexerResourceCache<RateMatcher> matchers;

    /// @param connect makes a client of a Prometheus
    World(
            KubernetesClient client,
            Fetcher fetcher,
            Function<PrometheusSettings, PrometheusSource> connect,
            SwitchEngines engines,
            String instance,
            Journals journals) {
        this.client = client;
        this.fetcher = fetcher;
        this.connect = connect;
        this.engines = engines;
        this.targets = new TargetClient(client, this::watched);
        this.permissions = Permissions.of(client);
        this.events = new Events(client, instance);
        this.memories = new Memories(client);
        this.journals = journals;
    }

    void watching(
            IndexerResourceCache<RateMatcher> matchers,
            InformerEventSource<Pod, RateMatcher> pods,
            @Nullable InformerEventSource<HorizontalPodAutoscaler, RateMatcher> autoscalers,
            @Nullable InformerEventSource<GpuPool, RateMatcher> pools,
            Map<String, InformerEventSource<GenericKubernetesResource, RateMatcher>> targets) {
        this.matchers = matchers;
        matchers.addIndexers(Rivals.INDEXERS);
        this.pods = pods;
        pods.addIndexers(PodsByLabel.INDEXERS);
        this.autoscalers = autoscalers;
        this.pools = pools;
        watched.putAll(targets);
    }

    @Override
    public Optional<GenericKubernetesResource> watched(TargetClient.Key key) {
        var source = watched.get(key.apiVersion() + "/" + key.kind());
        return source == null
                ? Optional.empty()
                : source.get(new ResourceID(key.name(), key.namespace()));
    }

    @Override
    public ScaleTargets targets() {
        return targets;
    }

    @Override
    public PodWrites podWrites(String owner) {
        return new PodWriter(client, owner);
    }

    @Override
    public List<Pod> marked() {
        var source = pods;
        return source == null ? List.of() : source.list(Marks::marked).toList();
    }

    @Override
    public void hold(RateMatcher matcher, boolean held) {
        Finalizer.of(client, matcher, held);
    }

    @Override
    public Journals journals() {
        return journals;
    }

    @Override
    public Fetcher fetcher() {
        return fetcher;
    }

    /// RateMatchers that ask the same Prometheus without credentials share a client.
    @Override
    public PrometheusSource prometheus(PrometheusSettings settings) {
        boolean shared =
                settings.access().open()
                        && settings.parameters().isEmpty()
                        && settings.accepted().isEmpty();
        return shared
                ? prometheuses.computeIfAbsent(settings.url(), url -> connect.apply(settings))
                : connect.apply(settings);
    }

    @Override
    public SwitchPort switching(SwitchSpec spec, @Nullable String key) {
        return engines.of(spec, key);
    }

    @Override
    public String secret(String namespace, String name, String key) {
        try {
            var secret = client.secrets().inNamespace(namespace).withName(name).get();
            if (secret == null) {
                throw new RefusedException(
                        "SecretMissing",
                        "Secret %s in %s does not exist.".formatted(name, namespace));
            }
            var data = secret.getData();
            String coded = data == null ? null : data.get(key);
            if (coded != null) {
                return new String(Base64.getDecoder().decode(coded), StandardCharsets.UTF_8)
                        .strip();
            }
        } catch (KubernetesClientException e) {
            throw new RefusedException(
                    "SecretUnreadable",
                    "Secret %s in %s cannot be read: %s; grant it by the chart's telemetrySecrets."
                            .formatted(name, namespace, e.getMessage()));
        }
        throw new RefusedException(
                "SecretMissing", "Secret %s in %s has no key %s.".formatted(name, namespace, key));
    }

    KubernetesClient client() {
        return client;
    }

    @Override
    public List<Pod> pods(String namespace, String selector) {
        var source = pods;
        return source == null ? List.of() : PodsByLabel.of(namespace, selector, source::byIndex);
    }

    @Override
    public Optional<GpuPool> pool(String name) {
        var source = pools;
        return source == null ? Optional.empty() : source.get(new ResourceID(name));
    }

    @Override
    public boolean readsPools() {
        return pools != null;
    }

    @Override
    public List<RateMatcher> matchers() {
        var cache = matchers;
        return cache == null ? List.of() : cache.list(m -> true).toList();
    }

    @Override
    public List<RateMatcher> rivals(RateMatcher matcher) {
        var cache = matchers;
        return cache == null ? List.of() : Rivals.of(matcher, cache::byIndex);
    }

    @Override
    public Optional<String> denied(RateMatcher matcher, Instant now) {
        String namespace = matcher.getMetadata().getNamespace();
        var rights = new ArrayList<Permissions.Right>();
        Claim.roles(matcher).forEach(role -> rights.add(targets.right(namespace, role)));
        rights.add(new Permissions.Right("", "pods", "", namespace, ""));
        if (matcher.getSpec().workers() != null) {
            rights.add(new Permissions.Right("delete", "", "pods", "", namespace, ""));
        }
        return permissions.denied(rights, now).map(Permissions.Right::title);
    }

    @Override
    public Optional<String> autoscaler(TargetClient.Key key) {
        var source = autoscalers;
        if (source == null) {
            return Optional.empty();
        }
        return source.list(key.namespace(), hpa -> scales(hpa, key))
                .map(hpa -> hpa.getMetadata().getName())
                .findFirst();
    }

    private static boolean scales(HorizontalPodAutoscaler hpa, TargetClient.Key key) {
        var ref = hpa.getSpec() == null ? null : hpa.getSpec().getScaleTargetRef();
        return ref != null && key.kind().equals(ref.getKind()) && key.name().equals(ref.getName());
    }

    @Override
    public Optional<String> product(String node) {
        var known = products.get(node);
        if (known == null) {
            var asked = asked(node);
            asked.ifPresent(product -> products.put(node, product));
            return asked;
        }
        return Optional.of(known);
    }

    private Optional<String> asked(String name) {
        try {
            Node node = client.nodes().withName(name).get();
            var labels = node == null ? null : node.getMetadata().getLabels();
            return labels == null
                    ? Optional.empty()
                    : Optional.ofNullable(labels.get(PRODUCT_LABEL));
        } catch (KubernetesClientException e) {
            return Optional.empty();
        }
    }

    @Override
    public NodeHealth node(String name) {
        try {
            return NodeHealth.of(client.nodes().withName(name).get());
        } catch (KubernetesClientException e) {
            return NodeHealth.UNKNOWN;
        }
    }

    @Override
    public Optional<String> recall(RateMatcher matcher) {
        return memories.read(matcher, Memories.MEMORY);
    }

    @Override
    public Optional<String> switches(RateMatcher matcher) {
        return memories.read(matcher, Memories.SWITCHES);
    }

    @Override
    public void keepSwitches(RateMatcher matcher, String switches) {
        var _ = memories.write(matcher, Memories.SWITCHES, switches);
    }

    @Override
    public boolean keep(RateMatcher matcher, String memory) {
        return memories.write(matcher, Memories.MEMORY, memory);
    }

    /// By server-side apply: fields that are left out are taken away.
    @Override
    public void status(RateMatcher matcher, RateMatcherStatus status) {
        var applied = new RateMatcher();
        applied.setMetadata(
                new ObjectMetaBuilder()
                        .withName(matcher.getMetadata().getName())
                        .withNamespace(matcher.getMetadata().getNamespace())
                        .build());
        applied.setStatus(status);
        client.resource(applied)
                .subresource("status")
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withForce(true)
                                .withFieldManager(Api.FIELD_MANAGER)
                                .build(),
                        applied);
    }

    @Override
    public void event(RateMatcher matcher, boolean warning, String reason, String text) {
        events.emit(matcher, warning, reason, text);
    }
}
