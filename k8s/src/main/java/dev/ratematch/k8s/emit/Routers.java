package dev.ratematch.k8s.emit;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.sizing.launch.ServingEngine;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The router in front of both pools, of the same project as the engine. Those of vLLM and SGLang
/// find replicas by the labels of their pods; TensorRT-LLM's is told by the replicas.
final class Routers {

    private static final String FILE = "disaggregated.yaml";
    private static final String ROUTER = "router";

    private Routers() {}

    static List<HasMetadata> of(Deployable it) {
        var objects = new ArrayList<HasMetadata>();
        boolean told = it.engine() == ServingEngine.TRTLLM;
        if (told) {
            objects.add(file(it));
        } else {
            objects.addAll(rights(it));
        }
        objects.add(deployment(it, told));
        objects.add(
                new ServiceBuilder()
                        .withNewMetadata()
                        .withName(it.router())
                        .withLabels(labels(it))
                        .endMetadata()
                        .withNewSpec()
                        .withSelector(labels(it))
                        .addNewPort()
                        .withName("http")
                        .withPort(ServingEngine.PORT)
                        .withTargetPort(new IntOrString("http"))
                        .endPort()
                        .endSpec()
                        .build());
        return objects;
    }

    /// The command line.
    static List<String> command(Deployable it) {
        return switch (it.engine()) {
            case TRTLLM ->
                    List.of(
                            "trtllm-serve",
                            "disaggregated",
                            "--config_file",
                            ServingEngine.FILE_FOLDER + "/" + FILE);
            case VLLM -> discovering(it, List.of("vllm-router", "--vllm-pd-disaggregation"));
            case SGLANG ->
                    discovering(
                            it,
                            List.of(
                                    "python3",
                                    "-m",
                                    "sglang_router.launch_router",
                                    "--pd-disaggregation"));
        };
    }

    private static List<String> discovering(Deployable it, List<String> program) {
        var words = new ArrayList<>(program);
        words.addAll(List.of("--host", "0.0.0.0", "--port", "" + ServingEngine.PORT));
        words.addAll(List.of("--service-discovery", "--service-discovery-port"));
        words.add("" + ServingEngine.PORT);
        words.addAll(List.of("--service-discovery-namespace", "$(POD_NAMESPACE)"));
        for (Role role : Role.values()) {
            words.add("--" + role.label() + "-selector");
            words.add(Deployable.NAME + "=" + it.name());
            words.add(Deployable.ROLE + "=" + role.label());
        }
        return words;
    }

    private static Map<String, String> labels(Deployable it) {
        return new TreeMap<>(Map.of(Deployable.NAME, it.name(), Deployable.COMPONENT, ROUTER));
    }

    private static String image(Deployable it) {
        return it.engine() == ServingEngine.VLLM
                ? "vllm/vllm-router:v" + Deployable.version("vllm-router")
                : it.image();
    }

    private static HasMetadata deployment(Deployable it, boolean told) {
        var container =
                new ContainerBuilder()
                        .withName(ROUTER)
                        .withImage(image(it))
                        .withCommand(command(it))
                        .withEnv(
                                new EnvVarBuilder()
                                        .withName("POD_NAMESPACE")
                                        .withNewValueFrom()
                                        .withNewFieldRef()
                                        .withFieldPath("metadata.namespace")
                                        .endFieldRef()
                                        .endValueFrom()
                                        .build())
                        .addNewPort()
                        .withName("http")
                        .withContainerPort(ServingEngine.PORT)
                        .endPort()
                        .withReadinessProbe(Pods.probe("http", 3));
        if (told) {
            container.withVolumeMounts(Pods.mount("file", ServingEngine.FILE_FOLDER));
        }
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(it.router())
                .withLabels(labels(it))
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .withMatchLabels(labels(it))
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels(it))
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(told ? null : it.router())
                .withContainers(container.build())
                .withVolumes(told ? List.of(Pods.configured(it.router())) : List.of())
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    /// TensorRT-LLM: replicas announce themselves at this address.
    private static HasMetadata file(Deployable it) {
        var fields =
                Yaml.map(
                        "hostname",
                        "0.0.0.0",
                        "port",
                        ServingEngine.PORT,
                        "disagg_cluster",
                        Yaml.map(
                                "cluster_uri",
                                "http://%s:%d".formatted(it.router(), ServingEngine.PORT),
                                "cluster_name",
                                it.name(),
                                "minimal_instances",
                                Yaml.map("context_servers", 1, "generation_servers", 1)));
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(it.router())
                .withLabels(labels(it))
                .endMetadata()
                .addToData(FILE, Yaml.plain(fields))
                .build();
    }

    /// What finding pods takes.
    private static List<HasMetadata> rights(Deployable it) {
        return List.of(
                new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(it.router())
                        .withLabels(labels(it))
                        .endMetadata()
                        .build(),
                new RoleBuilder()
                        .withNewMetadata()
                        .withName(it.router())
                        .withLabels(labels(it))
                        .endMetadata()
                        .withRules(
                                new PolicyRuleBuilder()
                                        .withApiGroups("")
                                        .withResources("pods")
                                        .withVerbs("get", "list", "watch")
                                        .build())
                        .build(),
                new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(it.router())
                        .withLabels(labels(it))
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", it.router())
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withName(it.router())
                        .endSubject()
                        .build());
    }
}
