package dev.ratematch.k8s.fleet;

import dev.ratematch.k8s.api.Api;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Writes to pods by the API server. Each write is one merge patch, and doing it again changes
/// nothing.
public final class PodWriter implements PodWrites {

    /// Below every cost that somebody would give a pod by hand.
    private static final String CHEAPEST = Integer.toString(-1_000_000);

    private final KubernetesClient client;
    private final String owner;

    /// A writer.
    ///
    /// @param owner for whom pods are drained, as [Marks#owner] has it
    public PodWriter(KubernetesClient client, String owner) {
        this.client = client;
        this.owner = owner;
    }

    @Override
    public String owner() {
        return owner;
    }

    /// Since when a replica drains; long ago where that cannot be read.
    public static Instant drainingSince(Replica replica) {
        return since(replica, Api.DRAINING);
    }

    /// Since when a replica is out of routing, to be removed or to be switched.
    public static Instant outSince(Replica replica) {
        return since(
                replica, replica.state() == Replica.State.SWITCHING ? Api.SWITCHING : Api.DRAINING);
    }

    private static Instant since(Replica replica, String mark) {
        var annotations = replica.leader().getMetadata().getAnnotations();
        String since = annotations == null ? null : annotations.get(mark);
        try {
            return since == null ? Instant.EPOCH : Instant.parse(since);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    @Override
    public Pod drain(Pod pod, Routing routing, Instant at) {
        Map<String, @Nullable Object> annotations = new HashMap<>();
        annotations.put(Api.DRAINING, at.toString());
        annotations.put(Api.DRAINED_FOR, owner);
        Map<String, @Nullable Object> metadata = new HashMap<>();
        metadata.put("annotations", annotations);
        if (routing instanceof Routing.Label(String key)) {
            out(pod, key, null, annotations, metadata);
        } else if (routing instanceof Routing.RoleLabel(String key, String neither)) {
            out(pod, key, neither, annotations, metadata);
        }
        var marked = patch(pod, Map.of("metadata", metadata));
        return routing instanceof Routing.Gate ? serving(marked, false) : marked;
    }

    /// Notes the value of the routing label, and takes it off or puts another in its place. One
    /// that is out already keeps what is noted.
    private static void out(
            Pod pod,
            String key,
            @Nullable String instead,
            Map<String, @Nullable Object> annotations,
            Map<String, @Nullable Object> metadata) {
        var labels = pod.getMetadata().getLabels();
        String value = labels == null ? null : labels.get(key);
        if (value != null && !value.equals(instead)) {
            annotations.put(Api.ROUTING_LABEL, key);
            annotations.put(Api.ROUTING_VALUE, value);
            Map<String, @Nullable Object> changed = new HashMap<>();
            changed.put(key, instead);
            metadata.put("labels", changed);
        }
    }

    @Override
    public Pod unroute(Pod pod, Routing.RoleLabel label, Instant at) {
        Map<String, @Nullable Object> annotations = new HashMap<>();
        annotations.put(Api.SWITCHING, at.toString());
        annotations.put(Api.DRAINED_FOR, owner);
        Map<String, @Nullable Object> metadata = new HashMap<>();
        metadata.put("annotations", annotations);
        out(pod, label.key(), label.neither(), annotations, metadata);
        return patch(pod, Map.of("metadata", metadata));
    }

    @Override
    public Pod bound(Pod pod, String value) {
        return patch(
                pod, Map.of("metadata", Map.of("annotations", Map.of(Api.SWITCHING_TO, value))));
    }

    @Override
    public Pod route(Pod pod, Routing.RoleLabel label, String value) {
        return patch(pod, Map.of("metadata", Marks.routed(pod, label.key(), value)));
    }

    /// By its uid: one of the same name may be there already.
    @Override
    public void delete(Pod pod) {
        var options =
                new DeleteOptionsBuilder()
                        .withNewPreconditions(null, pod.getMetadata().getUid())
                        .build();
        try {
            var _ =
                    client.raw(
                            "/api/v1/namespaces/%s/pods/%s"
                                    .formatted(
                                            pod.getMetadata().getNamespace(),
                                            pod.getMetadata().getName()),
                            "DELETE",
                            options);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 409) {
                throw new TargetException(
                        "Pod %s cannot be deleted: %s"
                                .formatted(pod.getMetadata().getName(), TargetClient.brief(e)),
                        e);
            }
        }
    }

    /// The marks go last: a pod that is still out of routing never looks as if nobody had taken it
    /// out.
    @Override
    public Pod recall(Pod pod, Routing routing) {
        var back = Marks.gated(pod) ? serving(pod, true) : pod;
        return patch(back, Map.of("metadata", Marks.unmarked(pod, routing)));
    }

    @Override
    public Pod cheapen(Pod pod, Instant at) {
        var annotations =
                Map.of(Marks.COST, CHEAPEST, Api.RELEASED, at.toString(), Api.DRAINED_FOR, owner);
        return patch(pod, Map.of("metadata", Map.of("annotations", annotations)));
    }

    @Override
    public Pod serving(Pod pod, boolean serving) {
        var condition =
                Map.of(
                        "type",
                        Api.SERVING_GATE,
                        "status",
                        serving ? "True" : "False",
                        "reason",
                        serving ? "InService" : "Draining",
                        "lastTransitionTime",
                        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return guarded(
                pod,
                () ->
                        client.pods()
                                .resource(pod)
                                .subresource("status")
                                .patch(
                                        context(PatchType.STRATEGIC_MERGE),
                                        Json.text(
                                                Map.of(
                                                        "status",
                                                        Map.of(
                                                                "conditions",
                                                                List.of(condition))))));
    }

    private Pod patch(Pod pod, Map<String, ?> change) {
        return guarded(
                pod,
                () ->
                        client.pods()
                                .resource(pod)
                                .patch(context(PatchType.JSON_MERGE), Json.text(change)));
    }

    private static Pod guarded(Pod pod, Supplier<Pod> write) {
        try {
            var after = write.get();
            return after == null ? pod : after;
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                return pod; // gone already, which is what a victim is to become
            }
            throw new TargetException(
                    "Pod %s cannot be patched: %s"
                            .formatted(pod.getMetadata().getName(), TargetClient.brief(e)),
                    e);
        }
    }

    private static PatchContext context(PatchType type) {
        return new PatchContext.Builder()
                .withPatchType(type)
                .withFieldManager(Api.FIELD_MANAGER)
                .build();
    }
}
