package dev.ratematch.k8s.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The status that a kubelet reports, as a patch: conditions of others, such as readiness gates,
/// stay as they are.
final class PodStatuses {

    private static final ObjectMapper JSON = new ObjectMapper();

    private PodStatuses() {}

    /// Bound, but its containers do not start.
    static String creating(Pod pod, Instant since) {
        var status = JSON.createObjectNode().put("phase", "Pending");
        var conditions = status.putArray("conditions");
        condition(conditions, "Ready", false, "ContainersNotReady", since);
        condition(conditions, "ContainersReady", false, "ContainersNotReady", since);
        for (var container : pod.getSpec().getContainers()) {
            container(status, container.getName(), container.getImage(), false, 0)
                    .putObject("state")
                    .putObject("waiting")
                    .put("reason", "ContainerCreating");
        }
        return status.toString();
    }

    /// Running; ready when its containers are and all of its readiness gates are open.
    static String running(
            Pod pod, String address, boolean containersReady, int restarts, Instant since) {
        var status = JSON.createObjectNode().put("phase", "Running").put("podIP", address);
        status.putArray("podIPs").addObject().put("ip", address);
        String started = pod.getMetadata().getCreationTimestamp();
        status.put("startTime", started);
        boolean ready = containersReady && gatesOpen(pod);
        var conditions = status.putArray("conditions");
        condition(conditions, "Initialized", true, "", since);
        condition(
                conditions,
                "Ready",
                ready,
                ready ? "" : containersReady ? "ReadinessGatesNotReady" : "ContainersNotReady",
                since);
        condition(
                conditions,
                "ContainersReady",
                containersReady,
                containersReady ? "" : "ContainersNotReady",
                since);
        for (var container : pod.getSpec().getContainers()) {
            var each =
                    container(
                            status,
                            container.getName(),
                            container.getImage(),
                            containersReady,
                            restarts);
            each.put("started", true);
            each.putObject("state").putObject("running").put("startedAt", started);
            if (restarts > 0) {
                each.putObject("lastState")
                        .putObject("terminated")
                        .put("exitCode", 137)
                        .put("reason", "OOMKilled");
            }
        }
        return status.toString();
    }

    static String failed() {
        var status =
                JSON.createObjectNode()
                        .put("phase", "Failed")
                        .put("reason", "Evicted")
                        .put("message", "The node was low on resource: memory.");
        condition(status.putArray("conditions"), "Ready", false, "PodFailed", Instant.now());
        return status.toString();
    }

    static String unready(String reason) {
        var status = JSON.createObjectNode();
        condition(status.putArray("conditions"), "Ready", false, reason, Instant.now());
        return status.toString();
    }

    /// Whether every readiness gate of a pod has a condition that says so.
    static boolean gatesOpen(Pod pod) {
        return pod.getSpec().getReadinessGates().stream()
                .allMatch(
                        gate ->
                                pod.getStatus().getConditions().stream()
                                        .anyMatch(
                                                c ->
                                                        c.getType().equals(gate.getConditionType())
                                                                && c.getStatus().equals("True")));
    }

    private static void condition(
            ArrayNode conditions, String type, boolean status, String reason, Instant since) {
        var condition = conditions.addObject();
        condition.put("type", type);
        condition.put("status", status ? "True" : "False");
        condition.put("reason", reason);
        condition.put("lastTransitionTime", since.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static ObjectNode container(
            ObjectNode status, String name, String image, boolean ready, int restarts) {
        return status.withArrayProperty("containerStatuses")
                .addObject()
                .put("name", name)
                .put("image", image)
                .put("imageID", "")
                .put("ready", ready)
                .put("restartCount", restarts);
    }
}
