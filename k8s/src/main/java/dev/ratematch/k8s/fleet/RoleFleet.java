package dev.ratematch.k8s.fleet;

import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.fleet.KubernetesFleet.Pool;

/// The two roles of a service on a cluster, however they are kept apart there.
public interface RoleFleet extends Fleet {

    /// The pool as last looked at.
    ///
    /// @throws TargetException when it has not been
    Pool pool(Role role);

    /// Lets pods serve whose readiness gate nobody has opened yet and that we are not draining.
    void openGates(Role role);

    /// Removes what has become empty, or has had its time.
    void advance();

    /// Whether something is out of routing for us.
    boolean drains();

    /// Puts everything that is being drained for us back into service.
    void recallAll();
}
