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
        ASIDE,
        LEAVING,
        SWITCHING,
        DRAINING,
        GONE
    }

    Role role;
    final String name;
    Phase phase = Phase.PENDING;
    List<Hosts.Share> placement = List.of();
    long boundNanos;
    @Nullable Replica replica;

    /// Where it goes while it drains for that or switches; null where it stays.
    @Nullable Role heading;

    /// Before then it is not asked again.
    long notBeforeNanos;

    /// Whether it has its CUDA graphs of decode.
    boolean captured;

    Pod(Role role, String name) {
        this.role = role;
        this.name = name;
        this.captured = role == Role.DECODE;
    }

    /// Whether it must capture CUDA graphs first to take that role.
    boolean needsCapture(Role to) {
        return to == Role.DECODE && !captured;
    }

    boolean holdsGpus() {
        return phase != Phase.PENDING && phase != Phase.GONE;
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
