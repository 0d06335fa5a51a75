package dev.ratematch.controller.observe;

/// What was seen of one pool. Counts are replicas unless named otherwise; gauges are sums over the
/// pool's ready replicas.
///
/// @param desired last commanded count, read back from the scale target
/// @param ready serving
/// @param starting scheduled, not serving yet (image pull, weight load)
/// @param pending not scheduled yet
/// @param draining leaving: no new requests, GPUs still held
/// @param failed in a state that only a restart ends; holds no GPU
/// @param queuedRequests waiting for this pool to begin them
/// @param queuedTokens input tokens of those, prefix hits included
/// @param runningRequests being computed
/// @param waitingForKv decode only: admitted by the router, KV not there yet or no room for it
/// @param kvUsed share of the pool's KV blocks in use, 0 to 1
/// @param kvCapacityTokens KV tokens that one replica can hold
/// @param occupancy requests being computed, over the window
/// @param switching of the starting, those that come from the other role with the GPUs that they
///   have; the host that moves them knows
public record PoolReading(
        Reading desired,
        Reading ready,
        Reading starting,
        Reading pending,
        Reading draining,
        Reading failed,
        Reading queuedRequests,
        Reading queuedTokens,
        Reading runningRequests,
        Reading waitingForKv,
        Reading kvUsed,
        Reading kvCapacityTokens,
        Occupancy occupancy,
        int switching) {

    /// Seen at one moment only.
    public PoolReading(
            Reading desired,
            Reading ready,
            Reading starting,
            Reading pending,
            Reading draining,
            Reading failed,
            Reading queuedRequests,
            Reading queuedTokens,
            Reading runningRequests,
            Reading waitingForKv,
            Reading kvUsed,
            Reading kvCapacityTokens) {
        this(
                desired,
                ready,
                starting,
                pending,
                draining,
                failed,
                queuedRequests,
                queuedTokens,
                runningRequests,
                waitingForKv,
                kvUsed,
                kvCapacityTokens,
                Occupancy.once(runningRequests),
                0);
    }

    /// Everything unknown for one reason.
    public static PoolReading unknown(String why) {
        var u = new Reading.Unknown(why);
        return new PoolReading(u, u, u, u, u, u, u, u, u, u, u, u);
    }

    /// The same some time later, with the replicas as counted now.
    ///
    /// @param stale seconds after the read from which on a value is not acted on any more
    PoolReading later(double seconds, double stale, FleetCounts now) {
        return new PoolReading(
                Reading.of(now.desired()),
                Reading.of(now.ready()),
                Reading.of(now.starting()),
                Reading.of(now.pending()),
                Reading.of(now.draining()),
                Reading.of(now.failed()),
                queuedRequests.later(seconds, stale),
                queuedTokens.later(seconds, stale),
                runningRequests.later(seconds, stale),
                waitingForKv.later(seconds, stale),
                kvUsed.later(seconds, stale),
                kvCapacityTokens.later(seconds, stale),
                new Occupancy(occupancy.mean().later(seconds, stale), occupancy.looks()),
                now.switching());
    }

    /// The same reading with its commanded count known.
    public PoolReading withDesired(int replicas) {
        return new PoolReading(
                Reading.of(replicas),
                ready,
                starting,
                pending,
                draining,
                failed,
                queuedRequests,
                queuedTokens,
                runningRequests,
                waitingForKv,
                kvUsed,
                kvCapacityTokens,
                occupancy,
                switching);
    }

    /// The same reading with replicas on their way from the other role.
    public PoolReading withSwitching(int replicas) {
        return new PoolReading(
                desired,
                ready,
                starting,
                pending,
                draining,
                failed,
                queuedRequests,
                queuedTokens,
                runningRequests,
                waitingForKv,
                kvUsed,
                kvCapacityTokens,
                occupancy,
                replicas);
    }
}
