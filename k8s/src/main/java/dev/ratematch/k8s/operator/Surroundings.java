package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.Mode;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.WorkersSpec;
import dev.ratematch.k8s.fleet.GpuWidth;
import dev.ratematch.k8s.fleet.Ownership;
import dev.ratematch.k8s.fleet.RoleFleet;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.Selectors;
import dev.ratematch.k8s.fleet.TargetClient;
import dev.ratematch.k8s.fleet.WorkersFleet;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a RateMatcher's names stand for in the cluster: targets, pods, GPUs.
final class Surroundings {

    private final ClusterView cluster;

    Surroundings(ClusterView cluster) {
        this.cluster = cluster;
    }

    Side side(String role, RateMatcher matcher, RoleSpec spec) {
        String namespace = matcher.getMetadata().getNamespace();
        var target = cluster.targets().read(namespace, spec);
        var template = target.podTemplate();
        var width =
                spec.gpusPerReplica() == null
                        ? target.width(name -> cluster.targets().devices(namespace, name))
                        : GpuWidth.given(spec.gpusPerReplica());
        try {
            var routing = Routing.of(spec, template.map(t -> t.getSpec()), target.selector());
            return new Side(spec, target, width, routing);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(
                    "RoutingInvalid", "spec.%s.%s".formatted(role, e.getMessage()));
        }
    }

    /// Both sides of one target whose instances are told apart by a label.
    Map<Role, Side> sides(RateMatcher matcher, RateMatcherSpec spec, WorkersSpec workers) {
        var one = side("workers", matcher, spec.prefill());
        try {
            var routing = Routing.of(workers, one.target().selector());
            return Map.of(
                    Role.PREFILL,
                    new Side(spec.prefill(), one.target(), one.width(), routing),
                    Role.DECODE,
                    new Side(spec.decode(), one.target(), one.width(), routing));
        } catch (IllegalArgumentException e) {
            throw new RefusedException("RoleLabelInvalid", "spec.workers." + e.getMessage());
        }
    }

    /// The pods of such a target, sorted by whose they are and by role.
    Map<Role, Ownership> owned(RateMatcher matcher, Side side, WorkersSpec workers) {
        var all = owned(matcher, side);
        var split = WorkersFleet.split(workers, side.target(), all.own());
        Map<Role, Ownership> owned = new EnumMap<>(Role.class);
        split.forEach(
                (role, pods) ->
                        owned.put(
                                role,
                                new Ownership(
                                        pods, all.stranger(), all.strangers(), all.byLabels())));
        return owned;
    }

    /// The pods that the target's selector finds, sorted by whose they are.
    Ownership owned(RateMatcher matcher, Side side) {
        return Ownership.of(side.target(), pods(matcher, side), cluster::watched);
    }

    private List<Pod> pods(RateMatcher matcher, Side side) {
        if (side.target().selector().isEmpty()) {
            throw new RefusedException(
                    "SelectorUnknown",
                    "%s does not tell which pods belong to it; set selector."
                            .formatted(side.target().title()));
        }
        return cluster.pods(matcher.getMetadata().getNamespace(), side.target().selector());
    }

    /// The HPA that scales a target; null for none.
    @Nullable String autoscaler(RateMatcher matcher, RoleSpec spec) {
        return cluster.autoscaler(
                        TargetClient.key(
                                matcher.getMetadata().getNamespace(), spec.scaleTargetRef()))
                .orElse(null);
    }

    /// What mode Auto needs and is not granted: its share of a GpuPool, or the right to write. Null
    /// where nothing is missing, or nothing would be written.
    @Nullable Refusal missing(RateMatcher matcher, RateMatcherSpec spec, Instant now) {
        var share = ungranted(matcher, spec);
        if (share != null || spec.mode() != Mode.AUTO) {
            return share;
        }
        return cluster.denied(matcher, now)
                .map(
                        right ->
                                new Refusal(
                                        "NotPermitted",
                                        "The operator may not %s: install it with mode=auto%s, or use mode Recommend."
                                                .formatted(
                                                        right,
                                                        spec.workers() == null
                                                                ? ""
                                                                : " and switching.enabled=true")))
                .orElse(null);
    }

    /// Why the GpuPool that a spec names does not grant its share; null where it does, or none is
    /// named.
    private @Nullable Refusal ungranted(RateMatcher matcher, RateMatcherSpec spec) {
        String poolRef = spec.budget() == null ? null : spec.budget().poolRef();
        if (poolRef == null) {
            return null;
        }
        if (!cluster.readsPools()) {
            return new Refusal(
                    "PoolUnreadable",
                    "budget.poolRef (%s) names a GpuPool, which a namespaced installation cannot"
                                    .formatted(poolRef)
                            + " read; leave it out or install cluster-wide.");
        }
        var pool = cluster.pool(poolRef);
        if (pool.isEmpty()) {
            return new Refusal(
                    "PoolMissing",
                    "budget.poolRef (%s) does not name an existing GpuPool.".formatted(poolRef));
        }
        return Shares.refusal(poolRef, pool.get().getSpec().gpus(), cluster.matchers(), matcher);
    }

    static Predicate<@Nullable Map<String, String>> selector(String text) {
        try {
            return Selectors.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("SpecInvalid", String.valueOf(e.getMessage()));
        }
    }

    /// The GPU by name: given, else that of the pool, else that of a node that a pod runs on, else
    /// what the status remembers.
    @Nullable String accelerator(RateMatcher matcher, RateMatcherSpec spec, RoleFleet fleet) {
        if (spec.accelerator() != null) {
            return spec.accelerator();
        }
        var budget = spec.budget();
        if (budget != null && budget.poolRef() != null) {
            var pool = cluster.pool(budget.poolRef());
            if (pool.isPresent()) {
                return pool.get().getSpec().accelerator();
            }
        }
        for (var role : Role.values()) {
            for (var replica : fleet.pool(role).replicas()) {
                String node = replica.leader().getSpec().getNodeName();
                var product = node == null ? null : cluster.product(node).orElse(null);
                String known = product == null ? null : Products.accelerator(product);
                if (known != null) {
                    return known;
                }
            }
        }
        // The status remembers what a pod told us that is gone now.
        var resolved = matcher.getStatus() == null ? null : matcher.getStatus().resolved();
        return resolved == null ? null : resolved.accelerator();
    }
}
