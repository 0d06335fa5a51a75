package dev.ratematch.k8s.fleet;

import dev.ratematch.k8s.api.Api;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One replica of a pool: a pod, or the pods of one LeaderWorkerSet group.
///
/// @param name of its first pod, which is the leader of a group
/// @param pods leader first
public record Replica(String name, List<Pod> pods, State state) {

    /// Name of the set that a pod's group belongs to.
    private static final String GROUP_SET = "leaderworkerset.sigs.k8s.io/name";

    private static final String GROUP = "leaderworkerset.sigs.k8s.io/group-index";
    private static final String WORKER = "leaderworkerset.sigs.k8s.io/worker-index";

    /// Where a replica stands. The order is that of precedence: a group is as far as its pod that
    /// is furthest from serving.
    public enum State {
        /// Deleted, not gone yet; holds its GPUs.
        TERMINATING,
        /// Taken out of routing by us, to be removed.
        DRAINING,
        /// Ended with an error; holds no GPU.
        FAILED,
        /// No node yet.
        PENDING,
        /// Taken out of routing by us, to serve in the other role.
        SWITCHING,
        /// On a node, not serving yet.
        STARTING,
        /// Serving.
        READY
    }

    public Replica {
        pods = List.copyOf(pods);
    }

    /// The replicas that these pods make, by name. Pods that have ended well are none.
    public static List<Replica> of(List<Pod> pods) {
        Map<String, List<Pod>> groups = new TreeMap<>();
        for (var pod : pods) {
            if (!"Succeeded".equals(phase(pod))) {
                groups.computeIfAbsent(key(pod), k -> new ArrayList<>()).add(pod);
            }
        }
        return groups.values().stream().map(Replica::of1).toList();
    }

    private static Replica of1(List<Pod> members) {
        var sorted = new ArrayList<>(members);
        sorted.sort(
                Comparator.comparing((Pod pod) -> label(pod, WORKER))
                        .thenComparing(pod -> pod.getMetadata().getName()));
        State state = State.READY;
        for (var pod : sorted) {
            var each = state(pod);
            state = each.compareTo(state) < 0 ? each : state;
        }
        return new Replica(sorted.getFirst().getMetadata().getName(), sorted, state);
    }

    private static String key(Pod pod) {
        String group = label(pod, GROUP);
        return group.isEmpty()
                ? pod.getMetadata().getName()
                : label(pod, GROUP_SET) + "/" + "%08d".formatted(number(group));
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String label(Pod pod, String name) {
        var labels = pod.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(name, "");
    }

    /// Where one pod stands.
    static State state(Pod pod) {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return State.TERMINATING;
        }
        if (annotated(pod, Api.DRAINING)) {
            return State.DRAINING;
        }
        if ("Failed".equals(phase(pod))) {
            return State.FAILED;
        }
        if (pod.getSpec() == null || pod.getSpec().getNodeName() == null) {
            return State.PENDING;
        }
        if (annotated(pod, Api.SWITCHING)) {
            return State.SWITCHING;
        }
        return condition(pod, "Ready") ? State.READY : State.STARTING;
    }

    /// Whether a pod carries an annotation.
    static boolean annotated(Pod pod, String name) {
        var annotations = pod.getMetadata().getAnnotations();
        return annotations != null && annotations.containsKey(name);
    }

    /// Whether a pod's condition is true.
    public static boolean condition(Pod pod, String type) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .filter(c -> type.equals(c.getType()))
                        .map(PodCondition::getStatus)
                        .anyMatch("True"::equals);
    }

    private static String phase(Pod pod) {
        var status = pod.getStatus();
        return status == null || status.getPhase() == null ? "" : status.getPhase();
    }

    /// The pod that speaks for the replica.
    public Pod leader() {
        return pods.getFirst();
    }

    /// Whether the pods belong to a group, whose controller chooses the victim itself.
    public boolean grouped() {
        return !label(leader(), GROUP).isEmpty();
    }
}
