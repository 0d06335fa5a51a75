package dev.ratematch.dashboards.view;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.observe.Role;

/// One pool as it was seen; counts are replicas and requests.
///
/// @param gpusPerReplica GPUs that one replica holds
/// @param ready replicas that serve
/// @param starting replicas that load
/// @param pending replicas that wait for a place
/// @param draining replicas that finish their work before they leave
/// @param failed replicas that do not come up
/// @param kvUsedShare share of KV memory in use, 0 to 1
public record PoolView(
        String role,
        int gpusPerReplica,
        Quantity desired,
        Quantity ready,
        Quantity starting,
        Quantity pending,
        Quantity draining,
        Quantity failed,
        Quantity queuedRequests,
        Quantity runningRequests,
        Quantity waitingForKv,
        Quantity kvUsedShare) {

    /// Of a cycle.
    static PoolView of(Cycle cycle, Role role) {
        var pool = cycle.snapshot().pool(role);
        return new PoolView(
                role.label(),
                cycle.spec().pool(role).gpusPerReplica(),
                Quantity.of(pool.desired()),
                Quantity.of(pool.ready()),
                Quantity.of(pool.starting()),
                Quantity.of(pool.pending()),
                Quantity.of(pool.draining()),
                Quantity.of(pool.failed()),
                Quantity.of(pool.queuedRequests()),
                Quantity.of(pool.runningRequests()),
                Quantity.of(pool.waitingForKv()),
                Quantity.of(pool.kvUsed()));
    }
}
