package dev.ratematch.k8s.fleet;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;

/// The few things that are written to pods, each the pod as it is afterwards.
public interface PodWrites {

    /// For whom pods are drained, as [Marks#owner] has it.
    String owner();

    /// Takes a pod out of routing and notes since when.
    Pod drain(Pod pod, Routing routing, Instant at);

    /// Puts a pod back into routing and takes every mark of ours off. What the pod says itself
    /// comes before the routing that is given.
    Pod recall(Pod pod, Routing routing);

    /// Makes a pod the first that its ReplicaSet removes.
    Pod cheapen(Pod pod, Instant at);

    /// Takes a pod out of both roles and notes since when.
    Pod unroute(Pod pod, Routing.RoleLabel label, Instant at);

    /// Notes which value its role label is to get where the engine of a pod is told to take another
    /// role, should nobody go on with it.
    Pod bound(Pod pod, String value);

    /// Puts a pod into the role of a value and takes every mark of ours off.
    Pod route(Pod pod, Routing.RoleLabel label, String value);

    /// Deletes a pod, so that its owner makes another.
    void delete(Pod pod);

    /// Sets the readiness gate.
    Pod serving(Pod pod, boolean serving);
}
