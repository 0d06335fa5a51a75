package dev.ratematch.controller.observe;

import dev.ratematch.costmodel.units.Check;

/// Replicas of one pool by state, as the host's scale target reports them.
///
/// @param desired last commanded
/// @param ready serving
/// @param starting scheduled, not serving yet
/// @param pending not scheduled yet
/// @param draining leaving, GPUs still held
/// @param failed in a state that only a restart ends
/// @param switching of the starting, those that come from the other role
public record FleetCounts(
        int desired,
        int ready,
        int starting,
        int pending,
        int draining,
        int failed,
        int switching) {

    public FleetCounts {
        Check.atLeast("desired", desired, 0);
        Check.atLeast("ready", ready, 0);
        Check.atLeast("starting", starting, 0);
        Check.atLeast("pending", pending, 0);
        Check.atLeast("draining", draining, 0);
        Check.atLeast("failed", failed, 0);
        Check.within("switching", switching, 0, starting);
    }

    /// A pool whose replicas keep their role.
    public FleetCounts(
            int desired, int ready, int starting, int pending, int draining, int failed) {
        this(desired, ready, starting, pending, draining, failed, 0);
    }

    /// A pool at rest: all ready, as commanded.
    public static FleetCounts steady(int replicas) {
        return new FleetCounts(replicas, replicas, 0, 0, 0, 0);
    }
}
