package dev.ratematch.k8s.fleet;

import dev.ratematch.k8s.api.Api;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A scale target as it stands. Kinds that are known by their templates (Deployment, StatefulSet,
/// LeaderWorkerSet) tell their GPUs; others have to be told.
///
/// @param object as the API server has it
/// @param replicas commanded, as `/scale` or the given path says
/// @param selector label selector of the pods; empty when not known
public record TargetView(GenericKubernetesResource object, int replicas, String selector) {

    /// The replica count as `managedFields` name it.
    public static final String REPLICAS = "f:replicas";

    /// The same target with another commanded count.
    TargetView with(int commanded) {
        return new TargetView(object, commanded, selector);
    }

    /// Kind and name, for people.
    public String title() {
        return object.getKind() + "/" + object.getMetadata().getName();
    }

    /// Whether the pods belong to LeaderWorkerSet groups.
    public boolean grouped() {
        return "LeaderWorkerSet".equals(object.getKind());
    }

    /// Whether the controller of the target lets us choose which pod goes.
    public boolean choosesVictims() {
        return "Deployment".equals(object.getKind());
    }

    /// GPUs of one replica by the templates.
    public GpuWidth width(Function<String, @Nullable Integer> claimed) {
        if (grouped()) {
            int size =
                    object.get("spec", "leaderWorkerTemplate", "size") instanceof Number n
                            ? n.intValue()
                            : 1;
            var worker = template("spec", "leaderWorkerTemplate", "workerTemplate");
            var leader = template("spec", "leaderWorkerTemplate", "leaderTemplate");
            if (worker.isEmpty()) {
                return GpuWidth.unknown("the worker template cannot be read; give gpusPerReplica");
            }
            var each = GpuWidth.of(worker.get().getSpec(), claimed);
            var first = leader.map(t -> GpuWidth.of(t.getSpec(), claimed)).orElse(each);
            return GpuWidth.group(first, each, size);
        }
        return podTemplate()
                .map(template -> GpuWidth.of(template.getSpec(), claimed))
                .orElseGet(
                        () ->
                                GpuWidth.unknown(
                                        "%s has no pod template that is known; give gpusPerReplica"
                                                .formatted(object.getKind())));
    }

    /// The template of the pods that requests run on.
    public Optional<PodTemplateSpec> podTemplate() {
        if (!grouped()) {
            return template("spec", "template");
        }
        var leader = template("spec", "leaderWorkerTemplate", "leaderTemplate");
        return leader.isPresent()
                ? leader
                : template("spec", "leaderWorkerTemplate", "workerTemplate");
    }

    private Optional<PodTemplateSpec> template(Object... path) {
        if (!(object.get(path) instanceof Map<?, ?> map)) {
            return Optional.empty();
        }
        try {
            var template = Json.as(map, PodTemplateSpec.class);
            return Optional.ofNullable(template).filter(t -> t.getSpec() != null);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Whether the pods of an older revision are still being replaced.
    public boolean rollingOut() {
        if (!(object.get("status") instanceof Map<?, ?> status)) {
            return false;
        }
        long generation =
                object.getMetadata().getGeneration() == null
                        ? 0
                        : object.getMetadata().getGeneration();
        boolean unseen =
                status.get("observedGeneration") instanceof Number seen
                        && seen.longValue() < generation;
        return switch (object.getKind()) {
            case "Deployment" -> !unseen && old(status, "replicas", "updatedReplicas");
            case "StatefulSet" ->
                    status.get("currentRevision") instanceof String current
                            && status.get("updateRevision") instanceof String update
                            && !current.equals(update);
            case "LeaderWorkerSet" ->
                    status.get("conditions") instanceof List<?> conditions
                            && conditions.stream().anyMatch(TargetView::updating);
            default -> false;
        };
    }

    private static boolean old(Map<?, ?> status, String all, String updated) {
        int total = status.get(all) instanceof Number n ? n.intValue() : 0;
        int fresh = status.get(updated) instanceof Number n ? n.intValue() : 0;
        return fresh < total;
    }

    private static boolean updating(Object condition) {
        return condition instanceof Map<?, ?> map
                && "UpdateInProgress".equals(map.get("type"))
                && "True".equals(map.get("status"));
    }

    /// When the replica count was set last, or anything of the spec where the count's own field is
    /// not told apart; by `managedFields`.
    public Optional<Instant> countSetAt() {
        var written =
                object.getMetadata().getManagedFields().stream()
                        .filter(e -> !"status".equals(e.getSubresource()) && e.getTime() != null)
                        .toList();
        var counts =
                written.stream()
                        .filter(e -> String.valueOf(e.getFieldsV1()).contains(REPLICAS))
                        .toList();
        return (counts.isEmpty() ? written : counts)
                .stream().map(e -> Instant.parse(e.getTime())).max(Comparator.naturalOrder());
    }

    /// Who set the replica count, if it was not us: whoever changes a field owns it from then on,
    /// by `managedFields`.
    public Optional<String> foreignWriter() {
        return writtenByUs()
                ? Optional.empty()
                : owners().stream()
                        .max(Comparator.comparing(e -> e.getTime() == null ? "" : e.getTime()))
                        .map(ManagedFieldsEntry::getManager);
    }

    /// Whether the replica count was set under our name.
    public boolean writtenByUs() {
        return owners().stream().anyMatch(e -> Api.FIELD_MANAGER.equals(e.getManager()));
    }

    private List<ManagedFieldsEntry> owners() {
        return object.getMetadata().getManagedFields().stream()
                .filter(e -> String.valueOf(e.getFieldsV1()).contains(REPLICAS))
                .filter(e -> !"status".equals(e.getSubresource()))
                .toList();
    }
}
