package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Resumption;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import dev.ratematch.k8s.api.RateMatcherStatus.ResolvedRole;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the counts of a move count: the pods of two targets, and the GPUs of each.
///
/// @param pools those that are known
record Counted(Map<Role, Pool> pools) {

    /// One of the two.
    ///
    /// @param selector of the target's pods
    /// @param gpus of one replica
    record Pool(String selector, int gpus) {}

    Counted {
        pools = Map.copyOf(pools);
    }

    /// As a look finds it.
    static Counted of(SessionLook look) {
        Map<Role, Pool> pools = new EnumMap<>(Role.class);
        for (var role : Role.values()) {
            var side = look.of(role).side();
            pools.put(role, new Pool(side.target().selector(), side.width().gpus()));
        }
        return new Counted(pools);
    }

    /// As an earlier process left it in the status.
    static Counted of(@Nullable Resolved resolved) {
        Map<Role, Pool> pools = new EnumMap<>(Role.class);
        if (resolved != null) {
            put(pools, Role.PREFILL, resolved.prefill());
            put(pools, Role.DECODE, resolved.decode());
        }
        return new Counted(pools);
    }

    private static void put(Map<Role, Pool> pools, Role role, @Nullable ResolvedRole of) {
        if (of != null && of.selector() != null && of.gpusPerReplica() != null) {
            pools.put(role, new Pool(of.selector(), of.gpusPerReplica()));
        }
    }

    /// Whether nothing is known of a pool.
    boolean unknown() {
        return pools.size() < Role.values().length;
    }

    /// What another look counts otherwise, as a clause; null where it is the same.
    @Nullable String changed(Counted now) {
        for (var role : Role.values()) {
            var before = pools.get(role);
            var after = now.pools.get(role);
            if (before == null || after == null) {
                continue;
            }
            if (!before.selector().equals(after.selector())) {
                return "%s has another target, whose pods are %s"
                        .formatted(role.label(), after.selector());
            }
            String width = Resumption.width(role, before.gpus(), after.gpus());
            if (width != null) {
                return width;
            }
        }
        return null;
    }
}
