package dev.ratematch.k8s.fleet;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;

/// The few things that are written to pods, each the pod as it is afterwards.
public interface PodWrites {

    /// Takes a pod out of routing and notes since when.
    Pod drain(Pod pod, Routing routing, Instant at);

    /// Puts a pod back into routing.
    Pod recall(Pod pod, Routing routing);

    /// Makes a pod the first that its ReplicaSet removes.
    Pod cheapen(Pod pod, Instant at);

    /// Sets the readiness gate.
    Pod serving(Pod pod, boolean serving);
}
