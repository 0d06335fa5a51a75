package dev.ratematch.k8s.fleet;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which of the pods that a selector finds are a target's own. Pure.
///
/// Owner references decide, followed up to the target: a ReplicaSet says by its name which
/// Deployment made it, the pods of a LeaderWorkerSet belong to StatefulSets and carry its name.
/// Pods of other kinds may be made in ways that leave no trace; where the references end nowhere,
/// the selector is believed.
///
/// @param own the pods that count, and those of which it cannot be said
/// @param stranger a pod that holds GPUs and belongs to something else; null for none
/// @param strangers how many of them there are
/// @param byLabels whether nothing but the selector says that `own` are the target's
public record Ownership(
        List<Pod> own, @Nullable Stranger stranger, int strangers, boolean byLabels) {

    /// No pods.
    public static final Ownership NONE = new Ownership(List.of(), null, 0, false);

    private static final Set<String> KNOWN = Set.of("Deployment", "StatefulSet", "LeaderWorkerSet");

    private static final String GROUP_SET = "leaderworkerset.sigs.k8s.io/name";
    private static final String HASH = "pod-template-hash";
    private static final String APPS = "apps/v1";

    /// Longer chains of owners than this are not followed.
    private static final int LINKS = 6;

    public Ownership {
        own = List.copyOf(own);
    }

    /// A pod that belongs to something else.
    ///
    /// @param owner kind and name of what it belongs to, for people
    public record Stranger(String pod, String owner) {}

    private enum Whose {
        OURS,
        FOREIGN,
        UNKNOWN
    }

    /// Whether the pods of a kind tell by their owners whether they are a target's own.
    public static boolean told(String kind) {
        return KNOWN.contains(kind);
    }

    /// Sorts the pods that a target's selector finds.
    ///
    /// @param watched objects that a watch keeps; empty for those that it does not, or not any more
    public static Ownership of(
            TargetView target,
            List<Pod> pods,
            Function<TargetClient.Key, Optional<GenericKubernetesResource>> watched) {
        var own = new ArrayList<Pod>();
        Stranger stranger = null;
        int strangers = 0;
        boolean byLabels = false;
        for (var pod : pods) {
            var whose = whose(target, pod, watched);
            if (whose != Whose.FOREIGN) {
                own.add(pod);
                byLabels |= whose == Whose.UNKNOWN;
            } else if (holds(pod)) {
                strangers++;
                if (stranger == null) {
                    stranger = new Stranger(pod.getMetadata().getName(), owner(pod));
                }
            }
        }
        return new Ownership(own, stranger, strangers, byLabels);
    }

    /// What is leaving or has ended is counted by nobody for long.
    private static boolean holds(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return pod.getMetadata().getDeletionTimestamp() == null
                && !"Succeeded".equals(phase)
                && !"Failed".equals(phase);
    }

    private static Whose whose(
            TargetView target,
            Pod pod,
            Function<TargetClient.Key, Optional<GenericKubernetesResource>> watched) {
        var owner = controller(pod);
        String name = target.object().getMetadata().getName();
        String by = owner == null ? "" : owner.getKind();
        return switch (target.object().getKind()) {
            case "Deployment" -> replicaSets(name, pod, owner, watched);
            case "StatefulSet" ->
                    ours(owner != null && by.equals("StatefulSet") && name.equals(owner.getName()));
            case "LeaderWorkerSet" ->
                    ours(by.equals("StatefulSet") && name.equals(label(pod, GROUP_SET)));
            default -> followed(target.object(), pod, owner, watched);
        };
    }

    private static Whose ours(boolean yes) {
        return yes ? Whose.OURS : Whose.FOREIGN;
    }

    /// By name, since ReplicaSets are not watched. One that a Deployment has adopted bears the name
    /// of another, which is not there then.
    private static Whose replicaSets(
            String name,
            Pod pod,
            @Nullable OwnerReference owner,
            Function<TargetClient.Key, Optional<GenericKubernetesResource>> watched) {
        if (owner == null || !owner.getKind().equals("ReplicaSet")) {
            return Whose.FOREIGN;
        }
        String maker = maker(pod, owner);
        if (maker == null) {
            return Whose.UNKNOWN;
        }
        return maker.equals(name)
                ? Whose.OURS
                : watched.apply(new TargetClient.Key(APPS, "Deployment", namespace(pod), maker))
                        .map(_ -> Whose.FOREIGN)
                        .orElse(Whose.UNKNOWN);
    }

    /// The Deployment that made a pod's ReplicaSet; null where its name does not say it, or the
    /// owner is none.
    private static @Nullable String maker(Pod pod, OwnerReference set) {
        String tail = "-" + label(pod, HASH);
        return set.getKind().equals("ReplicaSet")
                        && tail.length() > 1
                        && set.getName().endsWith(tail)
                ? set.getName().substring(0, set.getName().length() - tail.length())
                : null;
    }

    /// Of any kind: foreign is only what surely belongs to another object of that kind.
    private static Whose followed(
            GenericKubernetesResource target,
            Pod pod,
            @Nullable OwnerReference first,
            Function<TargetClient.Key, Optional<GenericKubernetesResource>> watched) {
        var owner = first;
        for (int i = 0; i < LINKS && owner != null; i++) {
            if (owner.getUid() != null && owner.getUid().equals(target.getMetadata().getUid())) {
                return Whose.OURS;
            }
            if (target.getKind().equals(owner.getKind())) {
                return Whose.FOREIGN;
            }
            owner = above(pod, owner, watched);
        }
        return Whose.UNKNOWN;
    }

    private static @Nullable OwnerReference above(
            Pod pod,
            OwnerReference owner,
            Function<TargetClient.Key, Optional<GenericKubernetesResource>> watched) {
        String maker = maker(pod, owner);
        var key =
                maker == null
                        ? new TargetClient.Key(
                                owner.getApiVersion() == null ? "" : owner.getApiVersion(),
                                owner.getKind(),
                                namespace(pod),
                                owner.getName())
                        : new TargetClient.Key(APPS, "Deployment", namespace(pod), maker);
        return watched.apply(key).map(Ownership::controller).orElse(null);
    }

    private static String namespace(Pod pod) {
        String namespace = pod.getMetadata().getNamespace();
        return namespace == null ? "" : namespace;
    }

    private static @Nullable OwnerReference controller(HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(ref -> Boolean.TRUE.equals(ref.getController()))
                .findFirst()
                .orElse(null);
    }

    private static String label(Pod pod, String name) {
        var labels = pod.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(name, "");
    }

    private static String owner(Pod pod) {
        var owner = controller(pod);
        if (owner == null) {
            return "nothing";
        }
        String maker = maker(pod, owner);
        return maker == null ? owner.getKind() + "/" + owner.getName() : "Deployment/" + maker;
    }
}
