package dev.ratematch.harness.plant;

/// One pool as a scale target shows it, replicas.
///
/// @param desired last commanded count
/// @param ready serving
/// @param starting placed on a host, not serving yet
/// @param pending waiting for a host with room
/// @param draining leaving, GPUs still held
/// @param switching of the starting, those that come from the other role
public record FleetView(
        int desired, int ready, int starting, int pending, int draining, int switching) {

    /// A pool whose replicas keep their role.
    public FleetView(int desired, int ready, int starting, int pending, int draining) {
        this(desired, ready, starting, pending, draining, 0);
    }

    /// Replicas that hold GPUs.
    public int holding() {
        return ready + starting + draining;
    }
}
