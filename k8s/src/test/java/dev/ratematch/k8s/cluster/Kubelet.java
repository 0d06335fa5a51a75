package dev.ratematch.k8s.cluster;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Nodes with GPUs and the agent on them: starts the pods that the scheduler bound to them, reports
/// them ready once they have loaded, and lets them drain when they are deleted, for as long as
/// their grace period allows. It is the only simulated part of the cluster.
///
/// What it does with a pod is asked of functions that a test may change at any time.
public final class Kubelet implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Kubelet.class);
    private static final PatchContext MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final AtomicInteger addresses = new AtomicInteger();

    /// What is known of a pod beyond what the API server knows.
    private static final class Life {
        @Nullable String address;
        @Nullable Instant loaded;
        Instant since = Instant.now();
        boolean ready;
        @Nullable String reported;
        int restarts;
        boolean failed;
        boolean draining;
    }

    private final KubernetesClient client;
    private final SharedIndexInformer<Pod> pods;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("kubelet").daemon().factory());
    private final Set<String> nodes = ConcurrentHashMap.newKeySet();
    private final Set<String> lostNodes = ConcurrentHashMap.newKeySet();
    private final Map<String, Life> lives = new HashMap<>();
    private final List<String> cutOff = new CopyOnWriteArrayList<>();

    private volatile Predicate<Pod> starts = _ -> true;
    private volatile Predicate<Pod> healthy = _ -> true;
    private volatile Function<Pod, Duration> loadTime = _ -> Duration.ZERO;
    private volatile Function<Pod, String> address = _ -> nextAddress();
    private volatile Function<Pod, CompletionStage<?>> drain =
            _ -> CompletableFuture.completedFuture(true);
    private volatile Consumer<Pod> ended = _ -> {};

    /// A kubelet for nodes that are still to be added. It never touches pods on other nodes.
    public Kubelet(ControlPlane controlPlane) {
        var config =
                new ConfigBuilder(controlPlane.user("kubelet", "system:masters"))
                        // Its own retries suffice, and do not hold up the other pods.
                        .withRequestRetryBackoffLimit(0)
                        .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
        pods =
                client.pods()
                        .inAnyNamespace()
                        .inform(
                                new ResourceEventHandler<>() {
                                    @Override
                                    public void onAdd(Pod pod) {
                                        changed(pod);
                                    }

                                    @Override
                                    public void onUpdate(Pod old, Pod pod) {
                                        changed(pod);
                                    }

                                    @Override
                                    public void onDelete(Pod pod, boolean unknown) {
                                        changed(pod);
                                    }
                                });
    }

    /// The pods of a namespace, as the watch over them tells; nothing is asked.
    public List<Pod> known(String namespace) {
        return pods.getStore().list().stream()
                .filter(pod -> namespace.equals(pod.getMetadata().getNamespace()))
                .toList();
    }

    /// Adds a node that is ready for pods.
    public Kubelet node(String name, int gpus, Map<String, String> labels) {
        nodes.add(name);
        Nodes.add(client, name, gpus, labels);
        recheck();
        return this;
    }

    /// Takes a node away as a power cut does: its kubelet falls silent, and the node controller,
    /// which is not running here, declares the node and its pods not ready.
    public void loseNode(String name) {
        lostNodes.add(name);
        Nodes.lose(client, name);
        for (var pod : pods.getStore().list()) {
            if (name.equals(pod.getSpec().getNodeName())) {
                var _ = patchStatus(pod, PodStatuses.unready("NodeStatusUnknown"));
            }
        }
    }

    /// How long a pod takes from its start to being ready.
    public Kubelet loadTime(Function<Pod, Duration> loadTime) {
        this.loadTime = loadTime;
        return this;
    }

    public Kubelet loadTime(Duration loadTime) {
        return loadTime(_ -> loadTime);
    }

    /// The address of a pod, asked for when it starts: the place to start a server on loopback that
    /// plays its engine.
    public Kubelet address(Function<Pod, String> address) {
        this.address = address;
        return this;
    }

    /// Which pods start at all; the others stay in ContainerCreating.
    public Kubelet starts(Predicate<Pod> starts) {
        this.starts = starts;
        recheck();
        return this;
    }

    /// Which pods pass their readiness probe once they have loaded.
    public Kubelet healthy(Predicate<Pod> healthy) {
        this.healthy = healthy;
        recheck();
        return this;
    }

    /// What a deleted pod waits for before it ends; its grace period is the limit.
    public Kubelet drain(Function<Pod, CompletionStage<?>> drain) {
        this.drain = drain;
        return this;
    }

    public Kubelet drain(Duration time) {
        return drain(
                _ ->
                        new CompletableFuture<Boolean>()
                                .completeOnTimeout(true, time.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// Who is told that a pod that had started is gone, for example to stop its server.
    public Kubelet ended(Consumer<Pod> ended) {
        this.ended = ended;
        return this;
    }

    /// Asks the functions again about every pod, for those whose answer depends on something else.
    public void recheck() {
        executor.execute(() -> pods.getStore().list().forEach(this::sync));
    }

    /// The container of a pod dies and is started again, which takes its load time once more.
    public void crash(Pod pod) {
        executor.execute(
                () -> {
                    var life = life(pod);
                    life.restarts++;
                    load(pod, life);
                    sync(pod);
                });
    }

    /// The pod fails for good, as after an eviction; its controller replaces it.
    public void fail(Pod pod) {
        executor.execute(
                () -> {
                    life(pod).failed = true;
                    var _ = patchStatus(pod, PodStatuses.failed());
                });
    }

    /// Names of the pods whose grace period was over before they had drained.
    public List<String> cutOff() {
        return List.copyOf(cutOff);
    }

    /// Removes the nodes. Pods that are left on them are the namespace's to delete.
    @Override
    public void close() {
        pods.close();
        executor.shutdownNow();
        for (var node : nodes) {
            var _ = client.nodes().withName(node).delete();
        }
        client.close();
    }

    private void changed(Pod pod) {
        if (!executor.isShutdown()) {
            executor.execute(() -> sync(pod));
        }
    }

    private void later(Pod pod, Duration delay) {
        if (!executor.isShutdown()) {
            var _ = executor.schedule(() -> sync(pod), delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /// Brings one pod to where it should be now. It may be called at any time, any number of times.
    private void sync(Pod seen) {
        String uid = seen.getMetadata().getUid();
        var pod = pods.getStore().getByKey(key(seen));
        if (pod == null || !uid.equals(pod.getMetadata().getUid())) {
            var life = lives.remove(uid);
            if (life != null && life.address != null) {
                ended.accept(seen);
            }
            return;
        }
        var node = pod.getSpec().getNodeName();
        if (node == null || !nodes.contains(node) || lostNodes.contains(node)) {
            return;
        }
        try {
            var life = life(pod);
            if (pod.getMetadata().getDeletionTimestamp() != null) {
                drain(pod, life);
            } else if (!life.failed) {
                report(pod, life);
            }
        } catch (RuntimeException e) {
            // The API server may be down, or the test's function not ready to answer.
            log.debug("pod {} is tried again", key(pod), e);
            later(pod, RETRY);
        }
    }

    private void report(Pod pod, Life life) {
        if (life.loaded == null && starts.test(pod)) {
            load(pod, life);
        }
        boolean loaded = life.loaded != null && !Instant.now().isBefore(life.loaded);
        boolean containersReady = loaded && healthy.test(pod);
        boolean ready = containersReady && PodStatuses.gatesOpen(pod);
        if (ready != life.ready) {
            life.ready = ready;
            life.since = Instant.now();
        }
        String status =
                life.address == null
                        ? PodStatuses.creating(pod, life.since)
                        : PodStatuses.running(
                                pod, life.address, containersReady, life.restarts, life.since);
        if (!status.equals(life.reported)) {
            if (patchStatus(pod, status)) {
                life.reported = status;
            } else {
                later(pod, RETRY);
            }
        }
    }

    private void load(Pod pod, Life life) {
        var time = loadTime.apply(pod);
        if (life.address == null) {
            life.address = address.apply(pod);
        }
        life.loaded = Instant.now().plus(time);
        later(pod, time.plusMillis(1));
    }

    private void drain(Pod pod, Life life) {
        if (life.draining) {
            return;
        }
        var drained = drain.apply(pod);
        life.draining = true;
        var grace = pod.getMetadata().getDeletionGracePeriodSeconds();
        var _ =
                drained.toCompletableFuture()
                        .copy()
                        .orTimeout(grace == null ? 0 : grace, TimeUnit.SECONDS)
                        .whenCompleteAsync((_, failure) -> end(pod, failure != null), executor);
    }

    private void end(Pod pod, boolean cut) {
        if (cut) {
            cutOff.add(pod.getMetadata().getName());
        }
        delete(pod);
    }

    private void delete(Pod pod) {
        try {
            // By its uid: a StatefulSet may have a new pod of that name already.
            var options =
                    new DeleteOptionsBuilder()
                            .withGracePeriodSeconds(0L)
                            .withNewPreconditions(null, pod.getMetadata().getUid())
                            .build();
            var _ =
                    client.raw(
                            "/api/v1/namespaces/%s/pods/%s"
                                    .formatted(
                                            pod.getMetadata().getNamespace(),
                                            pod.getMetadata().getName()),
                            "DELETE",
                            options);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 409 && !executor.isShutdown()) {
                var _ =
                        executor.schedule(
                                () -> delete(pod), RETRY.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /// Whether it was taken: another writer may have been faster, or the pod may be gone.
    private boolean patchStatus(Pod pod, String status) {
        try {
            var _ =
                    client.pods()
                            .inNamespace(pod.getMetadata().getNamespace())
                            .withName(pod.getMetadata().getName())
                            .subresource("status")
                            .patch(
                                    MERGE,
                                    "{\"metadata\":{\"uid\":\"%s\"},\"status\":%s}"
                                            .formatted(pod.getMetadata().getUid(), status));
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 409) {
                throw e;
            }
            return false;
        }
    }

    private Life life(Pod pod) {
        return lives.computeIfAbsent(pod.getMetadata().getUid(), _ -> new Life());
    }

    private static String key(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    private static String nextAddress() {
        int n = addresses.incrementAndGet();
        return "10.244.%d.%d".formatted(n / 250 % 250, n % 250 + 1);
    }
}
