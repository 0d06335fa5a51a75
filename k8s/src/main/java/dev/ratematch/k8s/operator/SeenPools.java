package dev.ratematch.k8s.operator;

import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.fleet.Replica;
import dev.ratematch.k8s.fleet.RoleFleet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The pools as they were when a read began, so that nothing changes under it. Safe for threads.
final class SeenPools implements Fleet {

    private record Seen(FleetCounts counts, List<Replica> replicas) {}

    private volatile Map<Role, Seen> pools = Map.of();

    /// Takes the pools as the fleet looked at them last.
    void look(RoleFleet fleet) {
        Map<Role, Seen> seen = new EnumMap<>(Role.class);
        for (var role : Role.values()) {
            seen.put(role, new Seen(fleet.counts(role), fleet.pool(role).replicas()));
        }
        pools = Map.copyOf(seen);
    }

    private Seen of(Role role) {
        var seen = pools.get(role);
        if (seen == null) {
            throw new IllegalStateException("look first");
        }
        return seen;
    }

    @Override
    public FleetCounts counts(Role role) {
        return of(role).counts();
    }

    List<Replica> replicas(Role role) {
        return of(role).replicas();
    }

    @Override
    public void scale(Role role, int replicas) {
        throw new UnsupportedOperationException("Pools are only read here.");
    }
}
