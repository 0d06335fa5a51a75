package dev.ratematch.k8s.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ratematch.controller.host.RotatingFile.Limits;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.ControlPlane;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.engine.Engines;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A disaggregated service on the real control plane: two Deployments, nodes with GPUs, engines
/// that serve load in their pods, and a router that sends requests to pods that are ready and carry
/// the routing label.
final class Scene implements AutoCloseable {

    static final Duration LIMIT = Duration.ofMinutes(2);
    static final String MANAGER = "system:serviceaccount:ratematch:operator";

    private static final AtomicInteger addresses = new AtomicInteger();
    private static final Duration LOAD_TIME = Duration.ofSeconds(2);

    static final String ROLE = "llm-d.ai/role";

    private final Sandbox sandbox;
    private final Rtm rtm;
    private final Engines engines = new Engines();
    private final AtomicInteger rounds = new AtomicInteger();
    private final Set<String> mismatched = ConcurrentHashMap.newKeySet();
    private volatile Supplier<List<Pod>> pods = this::listed;
    private final ScheduledExecutorService router =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("router").daemon().factory());

    Scene(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.rtm = new Rtm(sandbox);
        Definitions.install(sandbox);
        sandbox.kubelet()
                .loadTime(LOAD_TIME)
                .address(pod -> address())
                .drain(pod -> engines.terminate(pod.getMetadata().getName()));
        var _ = router.scheduleWithFixedDelay(this::route, 0, 200, TimeUnit.MILLISECONDS);
    }

    /// Loopback has room for every pod of a test run, in each of the JVMs that share it.
    private static String address() {
        int n = addresses.incrementAndGet();
        return "127.%d.%d.%d".formatted(76 + ControlPlane.FORK, n / 250 % 250, n % 250 + 1);
    }

    Engines engines() {
        return engines;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    Rtm rtm() {
        return rtm;
    }

    /// Looks at its pods as a watch tells them from now on: thousands cannot be listed several
    /// times a second beside what is measured.
    Scene crowded() {
        pods = () -> sandbox.kubelet().known(sandbox.namespace());
        return this;
    }

    /// Its pods.
    List<Pod> pods() {
        return pods.get();
    }

    private List<Pod> listed() {
        return sandbox.client().pods().inNamespace(sandbox.namespace()).list().getItems();
    }

    private void route() {
        try {
            var pods = pods();
            for (var pod : pods) {
                var labels = pod.getMetadata().getLabels();
                String name = pod.getMetadata().getName();
                boolean ready = Sandbox.isReady(pod);
                if (ready && labels != null && labels.containsKey("app") && leads(pod)) {
                    engines.start(name, pod.getStatus().getPodIP(), prefill(labels));
                }
                engines.routable(
                        name,
                        ready
                                && labels != null
                                && "yes".equals(labels.get("serve"))
                                && pooled(name, labels));
            }
            engines.keep(
                    pods.stream().map(p -> p.getMetadata().getName()).collect(Collectors.toSet()));
            var _ = rounds.incrementAndGet();
        } catch (RuntimeException e) {
            // The API server may be away; the router goes on with what it knows.
        }
    }

    /// The job that a pod's engine is started for. Workers' engines do what their template's label
    /// says, which is decode.
    private static boolean prefill(Map<String, String> labels) {
        return labels.getOrDefault("app", "").startsWith("prefill");
    }

    /// Whether a router finds a pod where its engine does the job: one of workers by its role
    /// label. What a router sends to a pod whose engine does the other job is lost.
    private boolean pooled(String pod, Map<String, String> labels) {
        if (!labels.getOrDefault("app", "").startsWith("workers")) {
            return true;
        }
        String role = labels.get(ROLE);
        if (role == null) {
            return false;
        }
        engines.sent(pod, role.equals("prefill"));
        if (engines.prefill(pod) != role.equals("prefill")) {
            mismatched.add(pod);
            return false;
        }
        return true;
    }

    /// Begins to watch for such pods once the router has seen the pods as they are now.
    void routed() {
        int seen = rounds.get();
        Await.until(LIMIT, "two rounds of the router", () -> rounds.get() >= seen + 2);
        mismatched.clear();
    }

    /// Pods that were in a pool whose job their engine did not do.
    Set<String> mismatched() {
        return Set.copyOf(mismatched);
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

    /// Both pools, all of them serving.
    Scene deployed(int prefill, int decode) {
        create(Manifests.deployment("prefill", prefill));
        create(Manifests.deployment("decode", decode));
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
            create(
                    Manifests.deployment(pool.getKey(), pool.getValue())
                            .replace("    spec:\n", gate));
        }
        return this;
    }

    /// Takes the service away once it has answered everything.
    void retire() {
        engines.load(0, 500, 200, 0.01);
        engines.giveUp();
        Await.until(
                LIMIT,
                "all requests answered",
                () -> {
                    engines.giveUp();
                    return engines.idle();
                },
                engines::toString);
        sandbox.client().resource(rtm.get()).delete();
        for (String pool : List.of("prefill", "decode")) {
            var _ =
                    sandbox.client()
                            .apps()
                            .deployments()
                            .inNamespace(sandbox.namespace())
                            .withName(pool)
                            .delete();
            Await.until(LIMIT, pool + " gone", () -> sandbox.pods("app", pool).isEmpty());
        }
    }

    /// Prefill as a StatefulSet, decode as groups of two pods with one GPU together.
    void numbered(int prefill, int decode) {
        create(
                Manifests.deployment("prefill-set", prefill)
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

    /// Ready groups of a LeaderWorkerSet.
    int groups(String name) {
        return (int)
                sandbox.readyPods("leaderworkerset.sigs.k8s.io/name", name).stream()
                        .filter(Scene::leads)
                        .count();
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
                identity,
                sandbox.controlPlane().user(MANAGER, "system:masters"),
                null,
                Set.of(),
                null);
    }

    /// One that writes a journal into a folder.
    RatematchOperator operator(String identity, Path journal) {
        return started(
                identity,
                sandbox.controlPlane().user(MANAGER, "system:masters"),
                null,
                Set.of(sandbox.namespace()),
                new JournalSettings(journal, Limits.DEFAULT));
    }

    RatematchOperator operator(String identity, Config config, @Nullable String leaseNamespace) {
        return started(identity, config, leaseNamespace, Set.of(sandbox.namespace()), null);
    }

    private static RatematchOperator started(
            String identity,
            Config config,
            @Nullable String leaseNamespace,
            Set<String> namespaces,
            @Nullable JournalSettings journal) {
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
                                4,
                                journal));
        operator.start();
        return operator;
    }

    List<Pod> draining() {
        return sandbox.client().pods().inNamespace(sandbox.namespace()).list().getItems().stream()
                .filter(p -> p.getMetadata().getDeletionTimestamp() == null)
                .filter(p -> p.getMetadata().getAnnotations().containsKey(Api.DRAINING))
                .toList();
    }

    /// Load under which one decode engine is far too few and one prefill engine enough.
    Scene loaded() {
        engines.load(90, 500, 200, 0.01);
        return this;
    }

    /// Waits until the fleet has turned to decode and no move is open.
    void awaitRebalanced() {
        Await.until(
                LIMIT,
                "decode grown at the expense of prefill, and no move open",
                () ->
                        ready("decode") >= 3
                                && ready("prefill") <= 3
                                && rtm.get().getStatus().move() == null,
                () -> String.valueOf(rtm.get().getStatus()));
    }

    /// Waits until no more is asked for than has room, and decode has some of what prefill had.
    void awaitSettled(int gpus) {
        Await.until(
                Duration.ofMinutes(3),
                "%d replicas asked for, and more decode than at first".formatted(gpus),
                () -> replicas("prefill") + replicas("decode") == gpus && replicas("decode") > 1,
                () -> String.valueOf(rtm.get().getStatus()));
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
