package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.engine.Engines;

/// What a scene applies to the cluster.
final class Manifests {

    private Manifests() {}

    /// A Deployment of engines that drain on SIGTERM, one GPU each.
    static String deployment(String name, int replicas) {
        return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s}
        spec:
          replicas: %2$d
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s, serve: "yes"}}
            spec:
              terminationGracePeriodSeconds: 120
              containers:
              - name: engine
                image: engine
                args: [serve, --shutdown-timeout=100]
                resources: {limits: {nvidia.com/gpu: 1}}
        """
                .formatted(name, replicas);
    }

    /// A RateMatcher over the two Deployments that decides every second.
    static String matcher(String mode, int gpus) {
        return """
        apiVersion: ratematch.dev/v1alpha1
        kind: RateMatcher
        metadata: {name: llama}
        spec:
          mode: %s
          model: llama-3.1-70b
          accelerator: b200
          precision: nvfp4
          slo: {ttft: 1s, itl: 20ms}
          budget: {gpus: %d}
          telemetry: {interval: 1s}
          prefill:
            scaleTargetRef: {name: prefill}
            leadTime: 2s
            drain: {routingLabel: serve, usual: 1s, timeout: 30s}
          decode:
            scaleTargetRef: {name: decode}
            leadTime: 2s
            maxSequences: %d
            drain: {routingLabel: serve, usual: 1s, timeout: 30s}
        """
                .formatted(mode, gpus, Engines.SEQUENCES);
    }

    /// A Deployment of engines that are told apart by a label and come up in the decode role.
    static String workers(String name, int replicas) {
        return deployment(name, replicas)
                .replace("serve: \"yes\"}", "serve: \"yes\", llm-d.ai/role: decode}");
    }

    /// The same as groups of two pods with one GPU together, told apart by the label of all of
    /// them.
    static String workerGroups(String name, int replicas) {
        return """
        apiVersion: leaderworkerset.x-k8s.io/v1
        kind: LeaderWorkerSet
        metadata: {name: %1$s}
        spec:
          replicas: %2$d
          leaderWorkerTemplate:
            size: 2
            leaderTemplate:
              metadata: {labels: {app: %1$s, serve: "yes", llm-d.ai/role: decode}}
              spec:
                terminationGracePeriodSeconds: 120
                containers:
                - name: engine
                  image: engine
                  args: [serve, --shutdown-timeout=100]
                  resources: {limits: {nvidia.com/gpu: 1}}
            workerTemplate:
              metadata: {labels: {app: %1$s, llm-d.ai/role: decode}}
              spec:
                containers: [{name: worker, image: engine}]
        """
                .formatted(name, replicas);
    }

    /// A RateMatcher over workers that decides every second.
    static String workersMatcher(String mode, int gpus, String protocol) {
        return """
        apiVersion: ratematch.dev/v1alpha1
        kind: RateMatcher
        metadata: {name: llama}
        spec:
          mode: %s
          model: llama-3.1-70b
          accelerator: b200
          precision: nvfp4
          slo: {ttft: 1s, itl: 20ms}
          budget: {gpus: %d, minGpus: %d}
          telemetry: {interval: 1s}
          workers:
            scaleTargetRef: {name: workers}
            leadTime: 2s
            maxSequences: %d
            roleLabel: {key: llm-d.ai/role}
            switch: {protocol: %s, drainTimeout: 20s, timeout: 10s}
            prefill: {drain: {usual: 1s, timeout: 30s}}
            decode: {drain: {usual: 1s, timeout: 30s}}
        """
                .formatted(mode, gpus, gpus, Engines.SEQUENCES, protocol);
    }

    /// A RateMatcher under another name, over targets of its own.
    static String apart(String matcher, String name) {
        return matcher.replace("{name: llama}", "{name: %s}".formatted(name))
                .replace("{name: prefill}", "{name: prefill-%s}".formatted(name))
                .replace("{name: decode}", "{name: decode-%s}".formatted(name));
    }

    /// A RateMatcher over those two.
    static String numberedMatcher(int gpus) {
        return matcher("Auto", gpus)
                .replace("{name: llama}", "{name: numbered}")
                .replace("{name: prefill}", "{kind: StatefulSet, name: prefill-set}")
                .replace(
                        "{name: decode}",
                        "{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name:"
                                + " decode-set}\n    gpusPerReplica: 1");
    }

    /// A pool of GPUs.
    static String pool(String name, int gpus) {
        return """
        apiVersion: ratematch.dev/v1alpha1
        kind: GpuPool
        metadata: {name: %s}
        spec: {accelerator: b200, gpus: %d}
        """
                .formatted(name, gpus);
    }
}
