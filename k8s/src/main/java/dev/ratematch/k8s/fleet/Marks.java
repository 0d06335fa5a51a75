package dev.ratematch.k8s.fleet;

import dev.ratematch.k8s.api.Api;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a drain leaves on a pod. All that is needed to put the pod back stands on it, so that
/// anybody can: the RateMatcher may be gone, or have another spec. Pure.
public final class Marks {

    /// By which a ReplicaSet chooses whom it removes first.
    static final String COST = "controller.kubernetes.io/pod-deletion-cost";

    private static final List<String> OURS =
            List.of(
                    Api.DRAINING,
                    Api.SWITCHING,
                    Api.SWITCHING_TO,
                    Api.RELEASED,
                    Api.ROUTING_LABEL,
                    Api.ROUTING_VALUE,
                    Api.DRAINED_FOR);

    private Marks() {}

    /// How a RateMatcher is named on the pods that drain for it. Another one of the same name is
    /// another owner.
    public static String owner(HasMetadata matcher) {
        return matcher.getMetadata().getName() + "/" + matcher.getMetadata().getUid();
    }

    /// For whom a pod drains; empty where it does not say, as after an earlier version.
    public static Optional<String> owner(Pod pod) {
        return Optional.ofNullable(annotations(pod).get(Api.DRAINED_FOR));
    }

    /// Whether a pod carries a mark of ours. One that is deleted needs none taken off.
    public static boolean marked(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && OURS.stream().anyMatch(annotations(pod)::containsKey);
    }

    /// Whether a pod is out of routing to be removed once it is empty.
    public static boolean draining(Pod pod) {
        return annotations(pod).containsKey(Api.DRAINING);
    }

    /// Whether a pod is out of both roles, on its way from one to the other.
    public static boolean switching(Pod pod) {
        return annotations(pod).containsKey(Api.SWITCHING);
    }

    /// Whether the engine of such a pod has been told to take another role, so that its old one may
    /// be wrong for it.
    static boolean told(Pod pod) {
        return annotations(pod).containsKey(Api.SWITCHING_TO);
    }

    /// The value of the routing label that a pod is to get back; null where it does not say one.
    static @Nullable String routingValue(Pod pod) {
        return annotations(pod).get(Api.ROUTING_VALUE);
    }

    /// Since when a pod is to be removed next; long ago where that cannot be read.
    public static Instant released(Pod pod) {
        try {
            String at = annotations(pod).get(Api.RELEASED);
            return at == null ? Instant.EPOCH : Instant.parse(at);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    /// Whether a pod's template has our readiness gate.
    public static boolean gated(Pod pod) {
        return pod.getSpec() != null
                && pod.getSpec().getReadinessGates().stream()
                        .anyMatch(gate -> Api.SERVING_GATE.equals(gate.getConditionType()));
    }

    /// Whether a pod has our readiness gate and nobody has opened it.
    public static boolean closed(Pod pod) {
        return gated(pod) && !Replica.condition(pod, Api.SERVING_GATE);
    }

    /// The change of metadata that takes every mark off and puts the routing label back.
    ///
    /// @param routing names the label where the pod does not, as after an earlier version
    static Map<String, ?> unmarked(Pod pod, Routing routing) {
        Map<String, @Nullable Object> none = new HashMap<>();
        OURS.forEach(key -> none.put(key, null));
        var before = annotations(pod);
        if (before.containsKey(Api.RELEASED)) {
            none.put(COST, null); // else it is its owner's
        }
        Map<String, @Nullable Object> metadata = new HashMap<>();
        metadata.put("annotations", none);
        String said = before.get(Api.ROUTING_LABEL);
        String key = said == null && routing instanceof Routing.Label(String given) ? given : said;
        String told = before.get(Api.SWITCHING_TO);
        String value = told == null ? before.get(Api.ROUTING_VALUE) : told;
        if (key != null && value != null) {
            metadata.put("labels", Map.of(key, value));
        }
        return metadata;
    }

    /// The change of metadata that puts a pod into the pool of a value, with every mark off.
    static Map<String, ?> routed(Pod pod, String key, String value) {
        Map<String, @Nullable Object> metadata = new HashMap<>(unmarked(pod, new Routing.None()));
        metadata.put("labels", Map.of(key, value));
        return metadata;
    }

    private static Map<String, String> annotations(Pod pod) {
        var all = pod.getMetadata().getAnnotations();
        return all == null ? Map.of() : all;
    }
}
