package dev.ratematch.k8s.emit;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.sizing.launch.Launch;
import dev.ratematch.sizing.launch.Pool;
import dev.ratematch.sizing.launch.ServingEngine;
import dev.ratematch.sizing.launch.Shutdown;
import dev.ratematch.sizing.launch.Started;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Pods of engines.
final class Pods {

    /// What Kubernetes is given beyond the engine's own shut-down, seconds.
    private static final int GRACE_SECONDS = 30;

    private static final int PROBE_SECONDS = 10;

    /// Half an hour of probes: large weights take that long from a slow disk.
    private static final int START_PROBES = 180;

    private static final String MODELS = "/models";
    private static final String GPU = "nvidia.com/gpu";

    private Pods() {}

    /// The pod that answers requests.
    static PodTemplateSpec leader(Deployable it, Pool pool, Started started) {
        var builder =
                new PodTemplateSpecBuilder()
                        .withNewMetadata()
                        .withLabels(it.labels(pool))
                        .endMetadata()
                        .withNewSpec()
                        .withTerminationGracePeriodSeconds(grace(it, pool))
                        .withContainers(serving(it, pool, started))
                        .withVolumes(volumes(it, pool, started));
        if (it.target() == EmitTarget.LLM_D && pool.role() == Role.DECODE) {
            builder.withInitContainers(proxy(it));
        }
        return builder.endSpec().build();
    }

    /// A pod of the same replica that only computes.
    static PodTemplateSpec worker(Deployable it, Pool pool, Started started, Launch launch) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(it.selector(pool))
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(grace(it, pool))
                .withContainers(engine(it, pool, started, launch).build())
                .withVolumes(volumes(it, pool, started))
                .endSpec()
                .build();
    }

    /// The long wait for running requests, and a little more.
    static long grace(Deployable it, Pool pool) {
        return Shutdown.seconds(it.fleet(), pool) + (long) GRACE_SECONDS;
    }

    private static Container serving(Deployable it, Pool pool, Started started) {
        boolean behind = it.target() == EmitTarget.LLM_D && pool.role() == Role.DECODE;
        int port = behind ? Deployable.LLM_D_DECODE_PORT : ServingEngine.PORT;
        String name = behind ? "engine" : "http";
        return engine(it, pool, started, started.leader())
                .addNewPort()
                .withName(name)
                .withContainerPort(port)
                .endPort()
                .withStartupProbe(probe(name, START_PROBES))
                .withReadinessProbe(probe(name, 3))
                .build();
    }

    private static ContainerBuilder engine(
            Deployable it, Pool pool, Started started, Launch launch) {
        int hostGpus = it.fleet().accelerator().hostGpus();
        var builder =
                new ContainerBuilder()
                        .withName("engine")
                        .withImage(it.image())
                        .withEnv(environment(started))
                        .withVolumeMounts(mounts(started))
                        .withNewResources()
                        .withLimits(Map.of(GPU, new Quantity("" + pool.gpusPerHost(hostGpus))))
                        .endResources();
        return launch.needsShell()
                ? builder.withCommand("/bin/sh", "-c").withArgs("exec " + launch.script())
                : builder.withCommand(launch.plain());
    }

    private static List<EnvVar> environment(Started started) {
        var variables = new ArrayList<EnvVar>();
        variables.add(
                new EnvVarBuilder()
                        .withName("POD_IP")
                        .withNewValueFrom()
                        .withNewFieldRef()
                        .withFieldPath("status.podIP")
                        .endFieldRef()
                        .endValueFrom()
                        .build());
        variables.add(token());
        variables.add(new EnvVarBuilder().withName("HF_HOME").withValue(MODELS).build());
        started.environment()
                .forEach(
                        (key, value) ->
                                variables.add(
                                        new EnvVarBuilder()
                                                .withName(key)
                                                .withValue(value)
                                                .build()));
        return variables;
    }

    /// The token that gated weights need, where there is one.
    static EnvVar token() {
        return new EnvVarBuilder()
                .withName("HF_TOKEN")
                .withNewValueFrom()
                .withNewSecretKeyRef()
                .withName("hf-token")
                .withKey("HF_TOKEN")
                .withOptional(true)
                .endSecretKeyRef()
                .endValueFrom()
                .build();
    }

    private static List<VolumeMount> mounts(Started started) {
        var mounts = new ArrayList<VolumeMount>();
        mounts.add(mount("shm", "/dev/shm"));
        mounts.add(mount("models", MODELS));
        if (!started.file().isEmpty()) {
            mounts.add(mount("file", ServingEngine.FILE_FOLDER));
        }
        return mounts;
    }

    static VolumeMount mount(String name, String path) {
        return new VolumeMountBuilder().withName(name).withMountPath(path).build();
    }

    private static List<Volume> volumes(Deployable it, Pool pool, Started started) {
        var volumes = new ArrayList<Volume>();
        // Ranks of one engine talk through it; the 64 MiB of a pod are too few.
        volumes.add(
                new VolumeBuilder()
                        .withName("shm")
                        .withNewEmptyDir()
                        .withMedium("Memory")
                        .endEmptyDir()
                        .build());
        volumes.add(new VolumeBuilder().withName("models").withNewEmptyDir().endEmptyDir().build());
        if (!started.file().isEmpty()) {
            volumes.add(configured(it.workload(pool)));
        }
        return volumes;
    }

    /// The files of a ConfigMap.
    static Volume configured(String configMap) {
        return new VolumeBuilder()
                .withName("file")
                .withNewConfigMap()
                .withName(configMap)
                .endConfigMap()
                .build();
    }

    static Probe probe(String port, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath("/health")
                .withPort(new IntOrString(port))
                .endHttpGet()
                .withPeriodSeconds(PROBE_SECONDS)
                .withTimeoutSeconds(PROBE_SECONDS / 2)
                .withFailureThreshold(failures)
                .build();
    }

    /// The proxy that llm-d puts before decode: it has a prefill pod compute the prompt first. It
    /// goes on as long as the engine behind it, as a container that restarts by itself does.
    private static Container proxy(Deployable it) {
        String connector = it.engine() == ServingEngine.VLLM ? "nixlv2" : "sglang";
        return new ContainerBuilder()
                .withName("routing-proxy")
                .withImage("ghcr.io/llm-d/llm-d-routing-sidecar:v" + LlmD.PROXY_VERSION)
                .withArgs(
                        "--port=" + ServingEngine.PORT,
                        "--vllm-port=" + Deployable.LLM_D_DECODE_PORT,
                        "--connector=" + connector,
                        "--secure-proxy=false")
                .addNewPort()
                .withName("http")
                .withContainerPort(ServingEngine.PORT)
                .endPort()
                .withRestartPolicy("Always")
                .build();
    }
}
