package dev.ratematch.k8s.emit;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.sizing.launch.ServingEngine;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;

/// What a Prometheus operator is told of the pods that show metrics: one PodMonitor a role, which
/// adds the role to every series.
final class Monitors {

    private static final String API = "monitoring.coreos.com/v1";

    /// As often as the RateMatcher decides, so that no decision sees an old value twice.
    private static final String INTERVAL = "15s";

    private Monitors() {}

    static List<HasMetadata> of(Deployable it) {
        var monitors = new ArrayList<HasMetadata>();
        for (Role role : Role.values()) {
            monitors.add(
                    Workloads.resource(
                            API,
                            "PodMonitor",
                            it.name() + "-" + role.label(),
                            it,
                            Yaml.map(
                                    "selector",
                                    Yaml.map("matchLabels", labels(it, role)),
                                    "podMetricsEndpoints",
                                    List.of(endpoint(it, role)))));
        }
        return monitors;
    }

    private static Object labels(Deployable it, Role role) {
        return switch (it.target()) {
            case DYNAMO -> Yaml.map(DynamoGraphs.GRAPH, it.name(), DynamoGraphs.TYPE, role.label());
            case LLM_D -> Yaml.map(Deployable.NAME, it.name(), Deployable.LLM_D_ROLE, role.label());
            case VLLM, SGLANG, TRTLLM, LWS, RATEMATCHER ->
                    Yaml.map(Deployable.NAME, it.name(), Deployable.ROLE, role.label());
        };
    }

    private static Object endpoint(Deployable it, Role role) {
        boolean dynamo = it.target() == EmitTarget.DYNAMO;
        return Yaml.map(
                "portNumber",
                dynamo ? DynamoGraphs.METRICS_PORT : ServingEngine.PORT,
                "path",
                dynamo ? "/metrics" : it.engine().metricsPath(),
                "interval",
                INTERVAL,
                "relabelings",
                List.of(
                        Yaml.map(
                                "action",
                                "replace",
                                "targetLabel",
                                "role",
                                "replacement",
                                role.label())));
    }
}
