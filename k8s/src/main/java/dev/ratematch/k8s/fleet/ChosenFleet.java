package dev.ratematch.k8s.fleet;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.fleet.KubernetesFleet.Pool;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The fleet in the shape that the spec has it in now: two targets, or one whose instances switch.
public final class ChosenFleet implements RoleFleet {

    private final KubernetesFleet targets;
    private final WorkersFleet workers;
    private boolean shared;

    /// A fleet that has not been looked at.
    ///
    /// @param loads what the pool's pods have to do, by pod name; a pod that does not answer is
    ///   absent
    public ChosenFleet(
            ScaleTargets targets,
            PodWrites pods,
            String namespace,
            Function<Pool, Map<String, PodLoad>> loads) {
        this.targets = new KubernetesFleet(targets, pods, namespace, loads);
        this.workers = new WorkersFleet(this.targets, pods);
    }

    /// Goes on in a shape.
    ///
    /// @param oneTarget whether both roles share a target
    public void choose(boolean oneTarget) {
        shared = oneTarget;
    }

    /// Whether both roles share a target.
    public boolean shared() {
        return shared;
    }

    /// The fleet where both roles share a target.
    public WorkersFleet workers() {
        return workers;
    }

    private RoleFleet now() {
        return shared ? workers : targets;
    }

    /// Takes a new look at one pool.
    public void look(
            Role role,
            RoleSpec spec,
            TargetView target,
            Routing routing,
            Duration timeout,
            List<Pod> cached,
            Instant at) {
        targets.look(role, spec, target, routing, timeout, cached, at);
    }

    @Override
    public Pool pool(Role role) {
        return now().pool(role);
    }

    @Override
    public FleetCounts counts(Role role) {
        return now().counts(role);
    }

    @Override
    public void scale(Role role, int replicas) {
        now().scale(role, replicas);
    }

    @Override
    public void openGates(Role role) {
        now().openGates(role);
    }

    @Override
    public void advance() {
        now().advance();
    }

    @Override
    public boolean drains() {
        return now().drains();
    }

    @Override
    public void recallAll() {
        now().recallAll();
    }

    /// Puts what is being drained to be removed back into service, and leaves what switches alone.
    public void recallDrains() {
        targets.recallAll();
    }
}
