package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.prometheus.Roster.Pod;
import java.util.ArrayList;
import java.util.List;

/// Pods that do not answer: those that should, and those that never have.
///
/// @param down that should
/// @param headless that have never, for longer than a start takes, beside others that do: workers
///   of a group whose leader answers for all, which are no replicas
record Silence(List<Pod> down, List<Pod> headless) {

    /// Those among the pods of one kind.
    ///
    /// @param startUpSeconds that an engine may take to answer for the first time
    static Silence among(List<Pod> pods, double reference, double startUpSeconds) {
        boolean answered = pods.stream().anyMatch(p -> p.read().engine() && !p.read().down());
        var down = new ArrayList<Pod>();
        var headless = new ArrayList<Pod>();
        for (var pod : pods) {
            if (pod.read().down()) {
                boolean never = pod.read().muteSeconds(reference) >= startUpSeconds;
                (answered && never ? headless : down).add(pod);
            }
        }
        return new Silence(down, headless);
    }

    /// What is wrong with a pod that is quiet; empty when it is only between two scrapes.
    String why(Pod pod) {
        return down.contains(pod)
                ? "Prometheus cannot scrape it (up is 0); see its targets page"
                : "";
    }
}
