package dev.ratematch.harness.plant;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.sim.EventQueue;
import dev.ratematch.harness.sim.Noise;
import java.util.Comparator;
import java.util.function.Consumer;

/// Replicas on their way from one role to the other: out of routing, drained, switched, routed to
/// again; or refused, or restarted.
final class RoleChanges {

    private static final int PRIORITY = 0;

    private final Pods pods;
    private final EventQueue queue;
    private final PlantSettings settings;
    private final Noise noise;
    private final Consumer<Pod> becameReady;
    private int leaving;

    RoleChanges(
            Pods pods,
            EventQueue queue,
            PlantSettings settings,
            Noise noise,
            Consumer<Pod> becameReady) {
        this.pods = pods;
        this.queue = queue;
        this.settings = settings;
        this.noise = noise;
        this.becameReady = becameReady;
    }

    /// Whether any replica drains for it.
    boolean draining() {
        return leaving > 0;
    }

    /// A replica is gone, whatever it was about.
    void forget(Pod pod) {
        leaving -= pod.phase == Pod.Phase.LEAVING ? 1 : 0;
        pod.heading = null;
    }

    /// Takes the least loaded ready replica of a role out of routing, to change its role, unless as
    /// many are on their way as may be.
    void begin(Role from) {
        int out = pods.heading(Role.PREFILL) + pods.heading(Role.DECODE);
        var pod =
                pods.of(from).stream()
                        .filter(p -> p.phase == Pod.Phase.READY)
                        .filter(p -> p.notBeforeNanos <= queue.nowNanos())
                        .min(Comparator.comparingInt(p -> p.engine().load()))
                        .orElse(null);
        if (out >= settings.roleSwitch().atOnce() || pod == null) {
            return;
        }
        pod.phase = Pod.Phase.LEAVING;
        pod.heading = from.other();
        leaving++;
        long began = queue.nowNanos();
        pod.notBeforeNanos = began;
        after(
                settings.roleSwitch().drainTimeoutSeconds(),
                () -> {
                    if (pod.phase == Pod.Phase.LEAVING && pod.notBeforeNanos == began) {
                        refused(pod);
                    }
                });
        switchIfDrained(pod);
    }

    void stay(Pod pod) {
        leaving -= pod.phase == Pod.Phase.LEAVING ? 1 : 0;
        pod.phase = Pod.Phase.READY;
        pod.heading = null;
        becameReady.accept(pod);
    }

    /// Back in its role, and not asked again at once.
    private void refused(Pod pod) {
        stay(pod);
        pod.notBeforeNanos = queue.nowNanos() + RoleSwitch.nanos(RoleSwitch.AGAIN_SECONDS);
        pods.reconcile();
        after(RoleSwitch.AGAIN_SECONDS, pods::reconcile);
    }

    private void after(double seconds, Runnable then) {
        long at = queue.nowNanos() + RoleSwitch.nanos(seconds);
        queue.schedule(at, PRIORITY, _ -> then.run(), 0);
    }

    void switchIfDrained(Pod pod) {
        if (pod.phase != Pod.Phase.LEAVING || pod.engine().load() > 0) {
            return;
        }
        var how = settings.roleSwitch();
        leaving--;
        pod.phase = Pod.Phase.SWITCHING;
        double lot = noise.uniform();
        if (lot < how.refusedShare()) {
            after(RoleSwitch.ANSWER_SECONDS, () -> ifSwitching(pod, this::refused));
        } else if (lot < how.refusedShare() + how.brokenShare()) {
            after(RoleSwitch.ANSWER_SECONDS, () -> ifSwitching(pod, this::restarted));
        } else {
            boolean captures = pod.needsCapture(pod.role.other());
            after(how.drawSeconds(noise, captures), () -> ifSwitching(pod, this::switched));
        }
    }

    /// Unless its host has died meanwhile.
    private static void ifSwitching(Pod pod, Consumer<Pod> then) {
        if (pod.phase == Pod.Phase.SWITCHING) {
            then.accept(pod);
        }
    }

    private void restarted(Pod pod) {
        pod.engine().kill();
        pods.remove(pod);
        pods.reconcile();
    }

    private void switched(Pod pod) {
        pod.heading = null;
        pods.begin(pod, pod.role.other());
        pod.phase = Pod.Phase.READY;
        becameReady.accept(pod);
        pods.reconcile();
    }
}
