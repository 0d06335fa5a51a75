package dev.ratematch.controller.host;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;

/// The two pools as the host runs them.
public interface Fleet {

    /// The replicas of one pool by state.
    FleetCounts counts(Role role);

    /// Commands a pool's size. Commanding the same size again changes nothing.
    void scale(Role role, int replicas);
}
