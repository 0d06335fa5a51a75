package dev.ratematch.k8s.emit;

import dev.ratematch.sizing.launch.Pool;
import dev.ratematch.sizing.launch.ServingEngine;
import dev.ratematch.sizing.launch.Started;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.ArrayList;
import java.util.List;

/// Replicas of a pool: a Deployment where each fits into one host, else a LeaderWorkerSet.
final class Workloads {

    static final String GROUPS_API = "leaderworkerset.x-k8s.io/v1";
    static final String GROUPS = "LeaderWorkerSet";

    private Workloads() {}

    /// Whether a pool is a LeaderWorkerSet.
    static boolean grouped(Deployable it, Pool pool) {
        return it.target() == EmitTarget.LWS || pool.hosts(it.fleet().accelerator().hostGpus()) > 1;
    }

    /// All objects of a pool.
    static List<HasMetadata> of(Deployable it, Pool pool) {
        var started = it.started(pool);
        var objects = new ArrayList<HasMetadata>();
        if (!started.file().isEmpty()) {
            objects.add(file(it, pool, started));
        }
        objects.add(grouped(it, pool) ? groups(it, pool, started) : deployment(it, pool, started));
        return objects;
    }

    /// The file that the engines read.
    static HasMetadata file(Deployable it, Pool pool, Started started) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(it.workload(pool))
                .withLabels(it.selector(pool))
                .endMetadata()
                .addToData(ServingEngine.fileOf(pool), Yaml.plain(started.file()))
                .build();
    }

    private static HasMetadata deployment(Deployable it, Pool pool, Started started) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(it.workload(pool))
                .withLabels(it.selector(pool))
                .endMetadata()
                .withNewSpec()
                .withReplicas(pool.replicas())
                .withNewSelector()
                .withMatchLabels(it.selector(pool))
                .endSelector()
                // A new pod finds no GPUs before an old one has left its own.
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withNewMaxSurge(0)
                .withNewMaxUnavailable(1)
                .endRollingUpdate()
                .endStrategy()
                .withTemplate(Pods.leader(it, pool, started))
                .endSpec()
                .build();
    }

    private static HasMetadata groups(Deployable it, Pool pool, Started started) {
        var leader = Pods.leader(it, pool, started);
        var group = Yaml.map("size", started.hosts());
        if (started.worker().isPresent()) {
            group.put("leaderTemplate", leader);
            group.put(
                    "workerTemplate",
                    Pods.worker(it, pool, started, started.worker().orElseThrow()));
        } else {
            group.put("workerTemplate", leader);
        }
        // Ranks that have lost one of them compute nothing any more.
        group.put("restartPolicy", "RecreateGroupOnPodRestart");
        return resource(
                GROUPS_API,
                GROUPS,
                it.workload(pool),
                it,
                Yaml.map(
                        "replicas",
                        pool.replicas(),
                        "leaderWorkerTemplate",
                        group,
                        "rolloutStrategy",
                        Yaml.map(
                                "type",
                                "RollingUpdate",
                                "rollingUpdateConfiguration",
                                Yaml.map("maxSurge", 0, "maxUnavailable", 1))));
    }

    /// An object of a kind that has no class here.
    static GenericKubernetesResource resource(
            String apiVersion, String kind, String name, Deployable it, Object spec) {
        var resource = new GenericKubernetesResource();
        resource.setApiVersion(apiVersion);
        resource.setKind(kind);
        resource.setMetadata(
                new ObjectMetaBuilder()
                        .withName(name)
                        .addToLabels(Deployable.NAME, it.name())
                        .build());
        resource.setAdditionalProperty("spec", spec);
        return resource;
    }
}
