package dev.ratematch.k8s.cluster;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// What one test has of the shared control plane for itself: a namespace, a kubelet with nodes, and
/// a watch over its GPUs. Nothing of it is left for the next test.
public final class Sandbox implements AutoCloseable {

    private static final AtomicInteger count = new AtomicInteger();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ControlPlane controlPlane;
    private final KubernetesClient client;
    private final String namespace;
    private final Kubelet kubelet;
    private final GpuUsage gpus;

    Sandbox(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
        client = controlPlane.client();
        namespace = "test-%d".formatted(count.incrementAndGet());
        var _ =
                client.namespaces()
                        .resource(
                                new NamespaceBuilder()
                                        .withNewMetadata()
                                        .withName(namespace)
                                        .endMetadata()
                                        .build())
                        .create();
        // Pods are refused until the controller has made it.
        var _ =
                Await.value(
                        LIMIT,
                        "the default ServiceAccount of " + namespace,
                        () ->
                                Optional.ofNullable(
                                        client.serviceAccounts()
                                                .inNamespace(namespace)
                                                .withName("default")
                                                .get()));
        kubelet = new Kubelet(controlPlane);
        gpus = new GpuUsage(client, namespace);
    }

    public ControlPlane controlPlane() {
        return controlPlane;
    }

    public KubernetesClient client() {
        return client;
    }

    public String namespace() {
        return namespace;
    }

    public Kubelet kubelet() {
        return kubelet;
    }

    /// The GPUs that this namespace's pods hold and held.
    public GpuUsage gpus() {
        return gpus;
    }

    /// Adds a node with GPUs.
    public Sandbox node(String name, int gpuCount) {
        return node(name, gpuCount, Map.of());
    }

    /// Adds a node with GPUs and labels, such as that of its NVLink domain.
    public Sandbox node(String name, int gpuCount, Map<String, String> labels) {
        kubelet.node(nodeName(name), gpuCount, labels);
        return this;
    }

    /// The name of a node in the cluster, where nodes have no namespace.
    public String nodeName(String name) {
        return "%s-%s".formatted(namespace, name);
    }

    /// The pods of this namespace with a label.
    public List<Pod> pods(String label, String value) {
        return client.pods().inNamespace(namespace).withLabel(label, value).list().getItems();
    }

    /// Those of them that are ready and not on their way out.
    public List<Pod> readyPods(String label, String value) {
        return pods(label, value).stream().filter(Sandbox::isReady).toList();
    }

    public static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    /// The nodes, what runs on them and what was said of it, as `kubectl get` prints them.
    String picture() {
        var kubectl = controlPlane.kubectl(controlPlane.admin());
        return kubectl.run("get", "nodes", "--request-timeout=10s").output()
                + kubectl.run(
                                "-n",
                                namespace,
                                "get",
                                "deployments,replicasets,statefulsets,pods,events",
                                "-o",
                                "wide",
                                "--request-timeout=10s")
                        .output();
    }

    /// Takes everything away at once. The namespace itself goes in the background; being on its way
    /// out, it takes no new pods.
    @Override
    public void close() {
        var _ = client.namespaces().withName(namespace).delete();
        var _ = client.pods().inNamespace(namespace).withGracePeriod(0).delete();
        gpus.close();
        kubelet.close();
    }
}
