package dev.ratematch.k8s.emit;

import dev.ratematch.sizing.launch.Launch;
import dev.ratematch.sizing.launch.Pool;
import dev.ratematch.sizing.launch.ServingEngine;
import dev.ratematch.sizing.launch.Started;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// NVIDIA Dynamo: one DynamoGraphDeployment of a frontend and a component for each pool, whose
/// replicas an adapter with a scale subresource counts. The adapter is named after both, and made
/// by Dynamo's operator.
final class DynamoGraphs {

    static final String API = "nvidia.com/v1beta1";
    static final String ADAPTER = "DynamoGraphDeploymentScalingAdapter";

    /// Port that Dynamo's operator has components show metrics on (`DYN_SYSTEM_PORT`).
    static final int METRICS_PORT = 9090;

    /// Label of the pods of one graph.
    static final String GRAPH = "nvidia.com/dynamo-graph-deployment-name";

    /// Label of a pod's component, `prefill` or `decode`.
    static final String TYPE = "nvidia.com/dynamo-component-type";

    /// The container that Dynamo's operator takes for its own.
    private static final String MAIN = "main";

    private DynamoGraphs() {}

    static List<HasMetadata> of(Deployable it) {
        var objects = new ArrayList<HasMetadata>();
        var components = new ArrayList<Map<String, Object>>();
        components.add(frontend(it));
        for (var pool : it.fleet().pools()) {
            var started = it.started(pool);
            if (!started.file().isEmpty()) {
                objects.add(Workloads.file(it, pool, started));
            }
            components.add(component(it, pool, started));
        }
        objects.add(
                Workloads.resource(
                        API,
                        "DynamoGraphDeployment",
                        it.name(),
                        it,
                        Yaml.map(
                                "backendFramework",
                                it.engine().label(),
                                "components",
                                components)));
        return objects;
    }

    /// The command line of the frontend, which routes by what each replica has cached.
    static List<String> frontendCommand() {
        return List.of(
                "python3",
                "-m",
                "dynamo.frontend",
                "--http-port",
                "" + ServingEngine.PORT,
                "--router-mode",
                "kv");
    }

    private static Map<String, Object> frontend(Deployable it) {
        return Yaml.map(
                "name",
                "frontend",
                "type",
                "frontend",
                "replicas",
                1,
                "podTemplate",
                new PodTemplateSpecBuilder()
                        .withNewSpec()
                        .addNewContainer()
                        .withName(MAIN)
                        .withImage(it.dynamoImage())
                        .withCommand(frontendCommand())
                        .withEnv(Pods.token())
                        .endContainer()
                        .endSpec()
                        .build());
    }

    private static Map<String, Object> component(Deployable it, Pool pool, Started started) {
        var component =
                Yaml.map(
                        "name",
                        it.component(pool),
                        "type",
                        pool.role().label(),
                        "replicas",
                        pool.replicas(),
                        "scalingAdapter",
                        Map.of());
        if (started.hosts() > 1) {
            component.put("multinode", Yaml.map("nodeCount", started.hosts()));
        }
        component.put("podTemplate", pod(it, pool, started));
        return component;
    }

    private static PodTemplateSpec pod(Deployable it, Pool pool, Started started) {
        int gpus = pool.gpusPerHost(it.fleet().accelerator().hostGpus());
        Launch launch = started.leader();
        var container =
                new ContainerBuilder()
                        .withName(MAIN)
                        .withImage(it.dynamoImage())
                        .withCommand(launch.plain().subList(0, 3))
                        .withArgs(launch.plain().subList(3, launch.plain().size()))
                        .withEnv(Pods.token())
                        .withNewResources()
                        .withLimits(Map.of("nvidia.com/gpu", new Quantity("" + gpus)))
                        .endResources();
        var builder =
                new PodTemplateSpecBuilder()
                        .withNewSpec()
                        .withTerminationGracePeriodSeconds(Pods.grace(it, pool));
        if (!started.file().isEmpty()) {
            container.withVolumeMounts(Pods.mount("file", ServingEngine.FILE_FOLDER));
            builder.withVolumes(Pods.configured(it.workload(pool)));
        }
        return builder.withContainers(container.build()).endSpec().build();
    }
}
