package dev.ratematch.harness.plant;

import dev.ratematch.controller.observe.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One replica as the cluster's scheduler sees it.
final class Pod {

    enum Phase {
        PENDING,
        STARTING,
        READY,
        DRAINING,
        GONE
    }

    final Role role;
    final String name;
    Phase phase = Phase.PENDING;
    List<Hosts.Share> placement = List.of();
    long boundNanos;
    @Nullable Replica replica;

    Pod(Role role, int number) {
        this.role = role;
        this.name = role.label() + "-" + number;
    }

    boolean holdsGpus() {
        return phase == Phase.STARTING || phase == Phase.READY || phase == Phase.DRAINING;
    }

    boolean on(int host) {
        return placement.stream().anyMatch(share -> share.host() == host);
    }

    /// The engine of a pod that serves or drains.
    Replica engine() {
        if (replica == null) {
            throw new IllegalStateException("%s has no engine while %s.".formatted(name, phase));
        }
        return replica;
    }

    /// What its engine shows now.
    ServingPod serving() {
        var engine = engine();
        return new ServingPod(name, engine.id(), engine.state());
    }
}
