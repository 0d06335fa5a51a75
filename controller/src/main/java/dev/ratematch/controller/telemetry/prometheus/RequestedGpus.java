package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// GPUs that pods request, as kube-state-metrics tells where a store has it.
///
/// @param byPod by the pods' names; namesakes that request unlike numbers are left out
public record RequestedGpus(Map<String, Integer> byPod) {

    /// One series a container, by kube-state-metrics' documentation of pod metrics.
    private static final String METRIC = "kube_pod_container_resource_requests";

    private static final String GPUS = "resource=\"nvidia_com_gpu\"";

    /// No pod has so many; a figure beyond it is none.
    private static final int GPUS_MAX = 64;

    public RequestedGpus {
        byPod = Map.copyOf(byPod);
    }

    /// What a store knows; nothing where it cannot be read.
    public static RequestedGpus of(Queries queries, double atSeconds) {
        if (!(queries.sum(TargetName.LABELS, METRIC, GPUS, atSeconds)
                instanceof Found(var series, _))) {
            return new RequestedGpus(Map.of());
        }
        var byPod = new HashMap<String, Integer>();
        var unlike = new HashSet<String>();
        for (var one : series) {
            var name = TargetName.of(one.labels(), true);
            double gpus = one.values().length == 0 ? Double.NaN : one.values()[0];
            boolean whole = gpus >= 1 && gpus <= GPUS_MAX && gpus == Math.rint(gpus);
            Integer before = whole ? byPod.put(name.pod(), (int) gpus) : null;
            if (!whole || (before != null && before != (int) gpus)) {
                unlike.add(name.pod());
            }
        }
        byPod.keySet().removeAll(unlike);
        return new RequestedGpus(byPod);
    }

    /// GPUs of one replica; empty where a pod of it is not known.
    ///
    /// @param pods of the replica that are read, by their titles
    public OptionalInt of(Set<String> pods) {
        int sum = 0;
        for (String title : pods) {
            int bracket = title.indexOf(' ');
            String pod = bracket < 0 ? title : title.substring(0, bracket);
            var gpus = byPod.get(pod);
            if (gpus == null) {
                return OptionalInt.empty();
            }
            sum += gpus + (pods.size() == 1 ? led(pod) : 0);
        }
        return sum == 0 ? OptionalInt.empty() : OptionalInt.of(sum);
    }

    /// Of the workers that a leader has and that serve no metrics.
    private int led(String leader) {
        if (!Groups.leads(leader, byPod.keySet())) {
            return 0;
        }
        return byPod.entrySet().stream()
                .filter(e -> Groups.leader(e.getKey()).filter(leader::equals).isPresent())
                .mapToInt(Map.Entry::getValue)
                .sum();
    }
}
