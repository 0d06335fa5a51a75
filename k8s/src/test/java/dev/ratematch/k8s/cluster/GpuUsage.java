package dev.ratematch.k8s.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The GPUs that the pods of a namespace hold: requested, bound to a node and not finished. It sees
/// every state that the API server was in, except while its watch is cut by a test, so its maximum
/// is the truth about a budget.
public final class GpuUsage implements AutoCloseable {

    private static final Set<String> FINISHED = Set.of("Succeeded", "Failed");

    private final Map<String, Integer> held = new HashMap<>();
    private final List<Integer> history = new ArrayList<>(List.of(0));
    private final SharedIndexInformer<Pod> pods;

    /// Starts to watch; pods that are there already count.
    public GpuUsage(KubernetesClient client, String namespace) {
        pods =
                client.pods()
                        .inNamespace(namespace)
                        .inform(
                                new ResourceEventHandler<>() {
                                    @Override
                                    public void onAdd(Pod pod) {
                                        count(pod, gpus(pod));
                                    }

                                    @Override
                                    public void onUpdate(Pod old, Pod pod) {
                                        count(pod, gpus(pod));
                                    }

                                    @Override
                                    public void onDelete(Pod pod, boolean unknown) {
                                        count(pod, 0);
                                    }
                                });
    }

    /// What is held now.
    public int now() {
        synchronized (held) {
            return history.getLast();
        }
    }

    /// The most that was ever held at once.
    public int max() {
        synchronized (held) {
            return history.stream().mapToInt(Integer::intValue).max().orElse(0);
        }
    }

    /// Every amount that was held, in order; neighbours differ.
    public List<Integer> history() {
        synchronized (held) {
            return List.copyOf(history);
        }
    }

    /// The GPUs that a pod holds.
    public static int gpus(Pod pod) {
        if (pod.getSpec().getNodeName() == null
                || FINISHED.contains(String.valueOf(pod.getStatus().getPhase()))) {
            return 0;
        }
        int together = pod.getSpec().getContainers().stream().mapToInt(GpuUsage::requested).sum();
        int before =
                pod.getSpec().getInitContainers().stream()
                        .mapToInt(GpuUsage::requested)
                        .max()
                        .orElse(0);
        return Math.max(together, before);
    }

    @Override
    public void close() {
        pods.close();
    }

    private void count(Pod pod, int gpus) {
        synchronized (held) {
            if (gpus == 0) {
                held.remove(pod.getMetadata().getUid());
            } else {
                held.put(pod.getMetadata().getUid(), gpus);
            }
            int sum = held.values().stream().mapToInt(Integer::intValue).sum();
            if (sum != history.getLast()) {
                history.add(sum);
            }
        }
    }

    private static int requested(Container container) {
        var resources = container.getResources();
        if (resources == null || resources.getLimits() == null) {
            return 0;
        }
        var gpus = resources.getLimits().get(Nodes.GPU);
        return gpus == null ? 0 : gpus.getNumericalAmount().intValueExact();
    }
}
