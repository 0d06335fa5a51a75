package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.PodWrites;
import dev.ratematch.k8s.fleet.Routing;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes to the pods of one RateMatcher. Before the first of them leaves routing, the RateMatcher
/// has a finalizer, and only while one is out: so its end is never missed, even where no operator
/// runs at that time, and nothing else is ever in the way of a delete.
final class DrainHold implements PodWrites {

    private final PodWrites pods;
    private final ClusterView cluster;
    private @Nullable RateMatcher matcher;
    private boolean held;

    DrainHold(PodWrites pods, ClusterView cluster) {
        this.pods = pods;
        this.cluster = cluster;
    }

    /// Goes on with the RateMatcher as it is now. What we wrote ourselves may not be in it yet.
    void open(RateMatcher next) {
        matcher = next;
        held |= next.getMetadata().getFinalizers().contains(Api.FINALIZER);
    }

    /// Takes the finalizer away where nothing drains any more, and makes up for one that is
    /// missing.
    void settle(boolean drains) {
        if (drains != held) {
            hold(drains);
        }
    }

    private void hold() {
        if (!held) {
            hold(true);
        }
    }

    private void hold(boolean next) {
        cluster.hold(Objects.requireNonNull(matcher, "open first"), next);
        held = next;
    }

    @Override
    public String owner() {
        return pods.owner();
    }

    @Override
    public Pod drain(Pod pod, Routing routing, Instant at) {
        hold();
        return pods.drain(pod, routing, at);
    }

    @Override
    public Pod unroute(Pod pod, Routing.RoleLabel label, Instant at) {
        hold();
        return pods.unroute(pod, label, at);
    }

    @Override
    public Pod bound(Pod pod, String value) {
        return pods.bound(pod, value);
    }

    @Override
    public Pod route(Pod pod, Routing.RoleLabel label, String value) {
        return pods.route(pod, label, value);
    }

    @Override
    public void delete(Pod pod) {
        pods.delete(pod);
    }

    @Override
    public Pod recall(Pod pod, Routing routing) {
        return pods.recall(pod, routing);
    }

    @Override
    public Pod cheapen(Pod pod, Instant at) {
        return pods.cheapen(pod, at);
    }

    @Override
    public Pod serving(Pod pod, boolean serving) {
        return pods.serving(pod, serving);
    }
}
