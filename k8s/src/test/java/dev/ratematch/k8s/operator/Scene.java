package dev.ratematch.k8s.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.engine.Engines;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A disaggregated service on the real control plane: two Deployments, nodes with GPUs, engines
/// that serve load in their pods, and a router that sends requests to pods that are ready and carry
/// the routing label.
final class Scene implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(90);
    static final String MANAGER = "system:serviceaccount:ratematch:operator";

    private static final AtomicInteger addresses = new AtomicInteger();
    private static final Duration LOAD_TIME = Duration.ofSeconds(2);

    private final Sandbox sandbox;
    private final Engines engines = new Engines();
    private final ScheduledExecutorService router =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("router").daemon().factory());

    Scene(Sandbox sandbox) {
        this.sandbox = sandbox;
        install(sandbox);
        sandbox.kubelet()
                .loadTime(LOAD_TIME)
                .address(pod -> address())
                .drain(pod -> engines.terminate(pod.getMetadata().getName()));
        var _ = router.scheduleWithFixedDelay(this::route, 0, 200, TimeUnit.MILLISECONDS);
    }

    /// The committed definitions, once per control plane.
    static void install(Sandbox sandbox) {
        for (String file : List.of("ratematchers.yaml", "gpupools.yaml")) {
            try (var in = Files.newInputStream(Path.of("../deploy/crds", file))) {
                var _ = sandbox.client().load(in).forceConflicts().serverSideApply();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Await.until(
                LIMIT,
                "the RateMatcher API",
                () -> sandbox.client().resources(RateMatcher.class).list() != null);
    }

    /// Loopback has room for every pod of a test run.
    private static String address() {
        int n = addresses.incrementAndGet();
        return "127.77.%d.%d".formatted(n / 250 % 250, n % 250 + 1);
    }

    Engines engines() {
        return engines;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    private void route() {
        try {
            var pods = sandbox.client().pods().inNamespace(sandbox.namespace()).list().getItems();
            for (var pod : pods) {
                var labels = pod.getMetadata().getLabels();
                String name = pod.getMetadata().getName();
                boolean ready = Sandbox.isReady(pod);
                if (ready && labels != null && labels.containsKey("app")) {
                    engines.start(
                            name,
                            pod.getStatus().getPodIP(),
                            labels.get("app").startsWith("prefill"));
                }
                engines.routable(
                        name, ready && labels != null && "yes".equals(labels.get("serve")));
            }
            engines.keep(pods.stream().map(p -> p.getMetadata().getName()).toList());
        } catch (RuntimeException e) {
            // The API server may be away; the router goes on with what it knows.
        }
    }

    /// A worker of a group computes for its leader and answers nobody.
    private static boolean leads(Pod pod) {
        String index =
                pod.getMetadata().getLabels().get("leaderworkerset.sigs.k8s.io/worker-index");
        return index == null || index.equals("0");
    }

    void create(String yaml) {
        var _ =
                sandbox.client()
                        .load(new ByteArrayInputStream(yaml.getBytes(UTF_8)))
                        .inNamespace(sandbox.namespace())
                        .create();
    }

    /// A Deployment of engines that drain on SIGTERM, one GPU each.
    static String deployment(String name, int replicas) {
        return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s}
        spec:
          replicas: %2$d
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s, serve: "yes"}}
            spec:
              terminationGracePeriodSeconds: 120
              containers:
              - name: engine
                image: engine
                args: [serve, --shutdown-timeout=100]
                resources: {limits: {nvidia.com/gpu: 1}}
        """
                .formatted(name, replicas);
    }

    /// A RateMatcher over the two Deployments that decides every second.
    static String matcher(String mode, int gpus) {
        return """
        apiVersion: ratematch.dev/v1alpha1
        kind: RateMatcher
        metadata: {name: llama}
        spec:
          mode: %s
          model: llama-3.1-70b
          accelerator: b200
          slo: {ttft: 1s, itl: 20ms}
          budget: {gpus: %d}
          telemetry: {interval: 1s}
          prefill:
            scaleTargetRef: {name: prefill}
            leadTime: 2s
            drain: {routingLabel: serve, usual: 1s, timeout: 30s}
          decode:
            scaleTargetRef: {name: decode}
            leadTime: 2s
            maxSequences: %d
            drain: {routingLabel: serve, usual: 1s, timeout: 30s}
        """
                .formatted(mode, gpus, Engines.SEQUENCES);
    }

    /// Both pools, all of them serving.
    Scene deployed(int prefill, int decode) {
        create(deployment("prefill", prefill));
        create(deployment("decode", decode));
        Await.until(
                LIMIT,
                "all engines ready",
                () -> ready("prefill") == prefill && ready("decode") == decode);
        return this;
    }

    /// The same with pods that a readiness gate takes out of routing.
    Scene gated(int prefill, int decode) {
        String gate =
                "    spec:\n      readinessGates: [{conditionType: " + Api.SERVING_GATE + "}]\n";
        for (var pool : Map.of("prefill", prefill, "decode", decode).entrySet()) {
            create(deployment(pool.getKey(), pool.getValue()).replace("    spec:\n", gate));
        }
        return this;
    }

    /// Prefill as a StatefulSet, decode as groups of two pods with one GPU together.
    void numbered(int prefill, int decode) {
        create(
                deployment("prefill-set", prefill)
                        .replace("kind: Deployment", "kind: StatefulSet")
                        .replace("  replicas:", "  serviceName: none\n  replicas:"));
        create(
                """
                apiVersion: leaderworkerset.x-k8s.io/v1
                kind: LeaderWorkerSet
                metadata: {name: decode-set}
                spec:
                  replicas: %d
                  leaderWorkerTemplate:
                    size: 2
                    leaderTemplate:
                      metadata: {labels: {app: decode-set, serve: "yes"}}
                      spec:
                        terminationGracePeriodSeconds: 120
                        containers:
                        - name: engine
                          image: engine
                          args: [serve, --shutdown-timeout=100]
                          resources: {limits: {nvidia.com/gpu: 1}}
                    workerTemplate:
                      metadata: {labels: {app: decode-set}}
                      spec:
                        containers: [{name: worker, image: engine}]
                """
                        .formatted(decode));
        Await.until(
                LIMIT,
                "numbered engines ready",
                () -> ready("prefill-set") == prefill && groups("decode-set") == decode);
    }

    /// A RateMatcher over those two.
    static String numberedMatcher(int gpus) {
        return matcher("Auto", gpus)
                .replace("{name: llama}", "{name: numbered}")
                .replace("{name: prefill}", "{kind: StatefulSet, name: prefill-set}")
                .replace(
                        "{name: decode}",
                        "{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name:"
                                + " decode-set}\n    gpusPerReplica: 1");
    }

    /// Ready groups of a LeaderWorkerSet.
    int groups(String name) {
        return (int)
                sandbox.readyPods("leaderworkerset.sigs.k8s.io/name", name).stream()
                        .filter(Scene::leads)
                        .count();
    }

    /// A pool of GPUs.
    static String pool(String name, int gpus) {
        return """
        apiVersion: ratematch.dev/v1alpha1
        kind: GpuPool
        metadata: {name: %s}
        spec: {accelerator: b200, gpus: %d}
        """
                .formatted(name, gpus);
    }

    /// The status of any RateMatcher, for messages.
    String status(String name) {
        return String.valueOf(
                sandbox.client()
                        .resources(RateMatcher.class)
                        .inNamespace(sandbox.namespace())
                        .withName(name)
                        .require()
                        .getStatus());
    }

    int ready(String app) {
        return sandbox.readyPods("app", app).size();
    }

    int replicas(String deployment) {
        return sandbox.client()
                .apps()
                .deployments()
                .inNamespace(sandbox.namespace())
                .withName(deployment)
                .require()
                .getSpec()
                .getReplicas();
    }

    /// An operator in this JVM, as the user whose writes the audit log tells apart.
    RatematchOperator operator(String identity) {
        return operator(identity, sandbox.controlPlane().user(MANAGER, "system:masters"), null);
    }

    /// One that watches all namespaces, and pools.
    RatematchOperator clusterOperator(String identity) {
        return started(
                identity, sandbox.controlPlane().user(MANAGER, "system:masters"), null, Set.of());
    }

    RatematchOperator operator(String identity, Config config, @Nullable String leaseNamespace) {
        return started(identity, config, leaseNamespace, Set.of(sandbox.namespace()));
    }

    private static RatematchOperator started(
            String identity,
            Config config,
            @Nullable String leaseNamespace,
            Set<String> namespaces) {
        var operator =
                new RatematchOperator(
                        new KubernetesClientBuilder().withConfig(config).build(),
                        new OperatorSettings(
                                namespaces,
                                0,
                                0,
                                leaseNamespace,
                                identity,
                                Duration.ofSeconds(2),
                                4));
        operator.start();
        return operator;
    }

    /// The definitions as they might have been before a field was required.
    Scene withLooseSchema() {
        var _ =
                sandbox.client()
                        .apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName("ratematchers.ratematch.dev")
                        .patch(
                                PatchContext.of(PatchType.JSON),
                                """
                                [{"op": "remove", "path":
                                "/spec/versions/0/schema/openAPIV3Schema/properties/spec/required"}]
                                """);
        return this;
    }

    RateMatcher matcher() {
        return sandbox.client()
                .resources(RateMatcher.class)
                .inNamespace(sandbox.namespace())
                .withName("llama")
                .require();
    }

    Optional<Condition> condition(String type) {
        var status = matcher().getStatus();
        return status == null || status.conditions() == null
                ? Optional.empty()
                : status.conditions().stream().filter(c -> c.type().equals(type)).findFirst();
    }

    void awaitCondition(String type, String status, String reason) {
        Await.until(
                LIMIT,
                "%s %s %s".formatted(type, status, reason),
                () ->
                        condition(type)
                                .filter(c -> c.status().equals(status))
                                .filter(c -> c.reason().equals(reason))
                                .isPresent(),
                () -> String.valueOf(matcher().getStatus()));
    }

    void annotate(String key, @Nullable String value) {
        String text = value == null ? "null" : "\"" + value + "\"";
        var _ =
                sandbox.client()
                        .resources(RateMatcher.class)
                        .inNamespace(sandbox.namespace())
                        .withName("llama")
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                "{\"metadata\":{\"annotations\":{\"%s\":%s}}}"
                                        .formatted(key, text));
    }

    List<Pod> draining() {
        return sandbox.client().pods().inNamespace(sandbox.namespace()).list().getItems().stream()
                .filter(p -> p.getMetadata().getAnnotations().containsKey(Api.DRAINING))
                .toList();
    }

    private List<Event> events(String matcher, String reason) {
        return sandbox
                .client()
                .events()
                .v1()
                .events()
                .inNamespace(sandbox.namespace())
                .list()
                .getItems()
                .stream()
                .filter(e -> e.getRegarding().getName().equals(matcher))
                .filter(e -> e.getReason().equals(reason))
                .toList();
    }

    /// Waits until the last refusal of a RateMatcher stands in its status and in an event.
    void awaitEvent(String matcher, String reason) {
        String target =
                sandbox.client()
                        .resources(RateMatcher.class)
                        .inNamespace(sandbox.namespace())
                        .withName(matcher)
                        .require()
                        .getSpec()
                        .prefill()
                        .scaleTargetRef()
                        .name();
        Await.until(
                LIMIT,
                "an event about " + target,
                () ->
                        events(matcher, reason).stream()
                                .anyMatch(e -> e.getNote().contains("/" + target + " ")));
    }

    /// Whether an event has been counted up.
    boolean counted(String matcher, String reason) {
        return events(matcher, reason).stream().anyMatch(e -> e.getSeries() != null);
    }

    /// Replaces one value of a RateMatcher.
    void patch(String matcher, String path, String value) {
        var _ =
                sandbox.client()
                        .resources(RateMatcher.class)
                        .inNamespace(sandbox.namespace())
                        .withName(matcher)
                        .patch(
                                PatchContext.of(PatchType.JSON),
                                "[{\"op\":\"replace\",\"path\":\"%s\",\"value\":\"%s\"}]"
                                        .formatted(path, value));
    }

    /// Load under which one decode engine is far too few and one prefill engine enough.
    Scene loaded() {
        engines.load(90, 500, 200, 0.01);
        return this;
    }

    /// Waits until a move is open and in a phase.
    void awaitPhase(String phase) {
        Await.until(
                LIMIT,
                "the move in " + phase,
                () -> {
                    var status = matcher().getStatus();
                    return status != null
                            && status.move() != null
                            && phase.equals(status.move().phase());
                },
                () -> String.valueOf(matcher().getStatus()));
    }

    /// Waits until the fleet has turned to decode and no move is open.
    void awaitRebalanced() {
        Await.until(
                LIMIT,
                "decode grown at the expense of prefill, and no move open",
                () ->
                        ready("decode") >= 3
                                && ready("prefill") <= 3
                                && matcher().getStatus().move() == null,
                () -> String.valueOf(matcher().getStatus()));
    }

    /// Scales a Deployment as a person does.
    void scaleByHand(String deployment, int replicas) {
        sandbox.controlPlane()
                .kubectl(sandbox.controlPlane().user("alice", "system:masters"))
                .run(
                        "-n",
                        sandbox.namespace(),
                        "scale",
                        "deployment/" + deployment,
                        "--replicas=" + replicas)
                .orThrow();
    }

    @Override
    public void close() {
        router.shutdownNow();
        engines.close();
    }
}
