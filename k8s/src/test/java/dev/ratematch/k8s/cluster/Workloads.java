package dev.ratematch.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.ByteArrayInputStream;

/// Manifests of the harness's own tests.
final class Workloads {

    private Workloads() {}

    /// Creates what a manifest says, in the test's namespace.
    static void create(Sandbox sandbox, String yaml) {
        var _ =
                sandbox.client()
                        .load(new ByteArrayInputStream(yaml.getBytes(UTF_8)))
                        .inNamespace(sandbox.namespace())
                        .create();
    }

    /// A Deployment whose pods are labelled `app=NAME` and take some GPUs each.
    static String deployment(String name, int replicas, int gpus) {
        return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s}
        spec:
          replicas: %2$d
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec:
              containers:
              - name: engine
                image: engine
                resources: {limits: {nvidia.com/gpu: %3$d}}
        """
                .formatted(name, replicas, gpus);
    }

    /// A Role that may scale Deployments, bound to the ServiceAccount `op`.
    static String scalerRole(String namespace) {
        return """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: rbac.authorization.k8s.io/v1
          kind: Role
          metadata: {name: scaler}
          rules:
          - {apiGroups: [apps], resources: [deployments/scale], verbs: [get, patch, update]}
        - apiVersion: rbac.authorization.k8s.io/v1
          kind: RoleBinding
          metadata: {name: scaler}
          roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: scaler}
          subjects: [{kind: ServiceAccount, name: op, namespace: %s}]
        """
                .formatted(namespace);
    }

    static void scale(Sandbox sandbox, String deployment, int replicas) {
        scale(sandbox.client(), sandbox.namespace(), deployment, replicas);
    }

    /// Through the scale subresource alone, as an autoscaler does it. The client's own patch reads
    /// the whole Deployment first, for which an autoscaler need not have the right.
    static void scale(KubernetesClient client, String namespace, String deployment, int replicas) {
        String path =
                "/apis/apps/v1/namespaces/%s/deployments/%s/scale".formatted(namespace, deployment);
        var scale = client.getKubernetesSerialization().unmarshal(client.raw(path), Scale.class);
        scale.getSpec().setReplicas(replicas);
        // Whatever its controller writes at the same moment.
        scale.getMetadata().setResourceVersion(null);
        var _ = client.raw(path, "PUT", scale);
    }

    static PodResource pod(Sandbox sandbox, Pod pod) {
        return sandbox.client()
                .pods()
                .inNamespace(sandbox.namespace())
                .withName(pod.getMetadata().getName());
    }

    static long running(Sandbox sandbox, String app) {
        return sandbox.pods("app", app).stream()
                .filter(p -> "Running".equals(p.getStatus().getPhase()))
                .count();
    }

    static int ready(Sandbox sandbox, String app) {
        return sandbox.readyPods("app", app).size();
    }
}
