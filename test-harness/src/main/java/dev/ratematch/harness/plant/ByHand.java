package dev.ratematch.harness.plant;

import dev.ratematch.harness.sim.EventQueue;
import dev.ratematch.harness.sim.Noise;
import java.util.function.Consumer;

/// Replicas that somebody outside takes out of routing, switches and puts back, one by one, as an
/// operator does by labels and the engines' own endpoints.
final class ByHand {

    private static final int PRIORITY = 0;

    private final Pods pods;
    private final EventQueue queue;
    private final RoleSwitch how;
    private final Noise noise;
    private final Consumer<Pod> becameReady;

    ByHand(Pods pods, EventQueue queue, RoleSwitch how, Noise noise, Consumer<Pod> becameReady) {
        this.pods = pods;
        this.queue = queue;
        this.how = how;
        this.noise = noise;
        this.becameReady = becameReady;
    }

    /// Nothing new is routed to it; what it has goes on.
    void takeOut(Pod pod) {
        if (pod.phase == Pod.Phase.READY) {
            pod.phase = Pod.Phase.ASIDE;
        }
    }

    /// It is routed to again, in its role.
    void putBack(Pod pod) {
        if (pod.phase == Pod.Phase.ASIDE) {
            pod.phase = Pod.Phase.READY;
            becameReady.accept(pod);
        }
    }

    /// Begins to change the role of an idle replica, and tells when that is over: true when it has
    /// the other role, false when it is broken.
    void change(Pod pod, Consumer<Boolean> over) {
        boolean routed = pod.phase == Pod.Phase.READY;
        if ((!routed && pod.phase != Pod.Phase.ASIDE) || pod.engine().load() > 0) {
            throw new IllegalStateException(
                    "%s cannot change its role while %s.".formatted(pod.name, pod.phase));
        }
        pod.phase = Pod.Phase.SWITCHING;
        boolean broken = noise.uniform() < how.brokenShare();
        double seconds = how.drawSeconds(noise, pod.needsCapture(pod.role.other()));
        queue.schedule(
                queue.nowNanos() + RoleSwitch.nanos(seconds),
                PRIORITY,
                _ -> {
                    if (pod.phase == Pod.Phase.SWITCHING) {
                        pod.phase = Pod.Phase.ASIDE;
                        if (!broken) {
                            pods.changeRole(pod);
                        }
                        if (routed && !broken) {
                            putBack(pod);
                        }
                        over.accept(!broken);
                    }
                },
                0);
    }
}
