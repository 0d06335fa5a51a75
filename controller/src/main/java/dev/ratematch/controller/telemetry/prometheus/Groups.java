package dev.ratematch.controller.telemetry.prometheus;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which pods are one replica: those of one group, as the labels of what makes groups say, or the
/// names where a LeaderWorkerSet's labels are not stored. A pod of no group is a replica.
final class Groups {

    /// Labels that together name a group, by their ends: sites put `label_`, `pod_label_` and the
    /// like before them. The first is the one that must be there.
    private static final List<List<String>> KINDS =
            List.of(
                    List.of(
                            "leaderworkerset_sigs_k8s_io_group_index",
                            "leaderworkerset_sigs_k8s_io_name"),
                    List.of("leaderworkerset_sigs_k8s_io_group_key"),
                    List.of(
                            "grove_io_podcliquescalinggroup_replica_index",
                            "grove_io_podcliquescalinggroup",
                            "grove_io_podcliqueset_replica_index"),
                    List.of("ray_io_worker_group_replica_name", "ray_io_cluster"),
                    List.of("ray_io_worker_group_replica_index", "ray_io_group", "ray_io_cluster"),
                    List.of(
                            "jobset_sigs_k8s_io_job_index",
                            "jobset_sigs_k8s_io_replicatedjob_name",
                            "jobset_sigs_k8s_io_jobset_name"));

    private static final String RAY_CLUSTER = "ray_io_cluster";
    private static final String RAY_TYPE = "ray_io_node_type";

    /// A LeaderWorkerSet calls the workers of the leader `x-0` `x-0-1`, `x-0-2` and so on.
    private static final Pattern WORKER = Pattern.compile("(.+-\\d+)-(\\d+)");

    private final Set<String> pods;
    private final Set<String> rayHeads;

    /// Groups among these targets.
    Groups(Collection<TargetTag> targets) {
        this.pods = targets.stream().map(t -> pod(t.name())).collect(Collectors.toSet());
        this.rayHeads = new HashSet<>();
        for (var target : targets) {
            if (find(target, RAY_TYPE).filter("head"::equals).isPresent()) {
                find(target, RAY_CLUSTER).ifPresent(rayHeads::add);
            }
        }
    }

    /// The replica that a target is of: a name that it shares with the others.
    String replica(TargetTag target) {
        String space = target.name().namespace();
        String before = space.isEmpty() ? "" : space + "/";
        for (var kind : KINDS) {
            if (find(target, kind.getFirst()).isPresent()) {
                return before
                        + kind.reversed().stream()
                                .flatMap(label -> find(target, label).stream())
                                .collect(Collectors.joining("/"));
            }
        }
        // The head of a Ray cluster serves for all of it; pods of one role without a head are
        // replicas that share a cluster.
        var ray = find(target, RAY_CLUSTER);
        if (ray.isPresent() && rayHeads.contains(ray.get())) {
            return before + ray.get();
        }
        return leader(target.name().pod())
                .map(leader -> before + leader)
                .filter(leader -> leads(leader, pods))
                .orElseGet(() -> pod(target.name()));
    }

    /// The pod that leads a pod, by their names; empty where the name says nothing of it.
    static Optional<String> leader(String pod) {
        var worker = WORKER.matcher(pod);
        return worker.matches() && !worker.group(2).equals("0")
                ? Optional.of(worker.group(1))
                : Optional.empty();
    }

    /// Whether a pod leads others. Where there is one with the index 0 below it, the names are
    /// those of a StatefulSet that is called like a pod.
    static boolean leads(String leader, Set<String> pods) {
        return pods.contains(leader) && !pods.contains(leader + "-0");
    }

    private static String pod(TargetName name) {
        return name.namespace().isEmpty()
                ? name.shortly()
                : name.namespace() + "/" + name.shortly();
    }

    private static Optional<String> find(TargetTag target, String end) {
        return target.labels().entrySet().stream()
                .filter(e -> e.getKey().equals(end) || e.getKey().endsWith("_" + end))
                .map(Map.Entry::getValue)
                .filter(value -> !value.isEmpty())
                .findFirst();
    }
}
