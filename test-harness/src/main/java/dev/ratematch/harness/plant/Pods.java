package dev.ratematch.harness.plant;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.units.Check;
import dev.ratematch.harness.sim.EventQueue;
import dev.ratematch.harness.sim.Noise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// The orchestrator: keeps as many replicas of each role as were commanded, places them on hosts,
/// starts and drains them, and accounts for the GPUs that they hold.
final class Pods {

    private static final double SECONDS = 1e9;
    private static final double NANOS_PER_HOUR = 3.6e12;
    private static final int PRIORITY = 0;

    private final EventQueue queue;
    private final PlantSettings settings;
    private final Hosts hosts;
    private final Noise noise;
    private final Function<Role, Replica> engines;
    private final Consumer<Pod> becameReady;
    private final List<Pod> prefill = new ArrayList<>();
    private final List<Pod> decode = new ArrayList<>();
    private final Map<Role, Integer> desired = new EnumMap<>(Role.class);
    private int numbered;
    private int draining;
    private double heldGpuNanos;
    private boolean schedulingBlocked;

    Pods(
            EventQueue queue,
            PlantSettings settings,
            Noise noise,
            Function<Role, Replica> engines,
            Consumer<Pod> becameReady) {
        this.queue = queue;
        this.settings = settings;
        this.noise = noise;
        this.engines = engines;
        this.becameReady = becameReady;
        this.hosts = new Hosts(settings.gpus(), settings.topology());
    }

    /// Commands a count. The first command of a role is served by replicas that are ready at once.
    void scale(Role role, int count, boolean readyAtOnce) {
        Check.atLeast(role.label() + " replicas", count, 0);
        desired.put(role, count);
        reconcile(role, readyAtOnce);
    }

    private void reconcile(Role role, boolean readyAtOnce) {
        var all = of(role);
        long wanted = desired.getOrDefault(role, 0);
        long present = all.stream().filter(p -> p.phase != Pod.Phase.DRAINING).count();
        for (; present < wanted; present++) {
            all.add(new Pod(role, numbered++));
        }
        for (; present > wanted; present--) {
            retire(victim(all));
        }
        place(readyAtOnce);
    }

    /// Pending pods go first, then the newest of the starting, then the least loaded.
    private static Pod victim(List<Pod> all) {
        return all.stream()
                .filter(p -> p.phase != Pod.Phase.DRAINING)
                .min(
                        Comparator.<Pod, Pod.Phase>comparing(p -> p.phase)
                                .thenComparingInt(p -> p.replica == null ? 0 : p.engine().load())
                                .thenComparingLong(p -> -p.boundNanos))
                .orElseThrow();
    }

    private void retire(Pod pod) {
        if (pod.phase == Pod.Phase.READY) {
            pod.phase = Pod.Phase.DRAINING;
            draining++;
            long grace = Math.round(settings.drainGraceSeconds() * SECONDS);
            queue.schedule(queue.nowNanos() + grace, PRIORITY, _ -> graceOver(pod), 0);
            removeIfDrained(pod);
        } else {
            remove(pod);
        }
    }

    private void graceOver(Pod pod) {
        if (pod.phase == Pod.Phase.DRAINING) {
            pod.engine().kill();
            remove(pod);
            place(false);
        }
    }

    private boolean removeIfDrained(Pod pod) {
        if (pod.phase == Pod.Phase.DRAINING && pod.engine().load() == 0) {
            remove(pod);
            return true;
        }
        return false;
    }

    /// Removes every replica that has drained and lets waiting ones take its place.
    void sweep() {
        boolean removed = false;
        for (var role : Role.values()) {
            for (var pod : List.copyOf(of(role))) {
                removed |= removeIfDrained(pod);
            }
        }
        if (removed) {
            place(false);
        }
    }

    /// Whether any replica is draining, so that a sweep could find something.
    boolean draining() {
        return draining > 0;
    }

    private void remove(Pod pod) {
        if (pod.holdsGpus()) {
            int gpus = gpus(pod.role);
            hosts.giveBack(pod.placement);
            heldGpuNanos += (double) gpus * (queue.nowNanos() - pod.boundNanos);
        }
        draining -= pod.phase == Pod.Phase.DRAINING ? 1 : 0;
        pod.phase = Pod.Phase.GONE;
        of(pod.role).remove(pod);
    }

    private void place(boolean readyAtOnce) {
        if (schedulingBlocked) {
            return;
        }
        for (var role : Role.values()) {
            for (var pod : of(role)) {
                if (pod.phase != Pod.Phase.PENDING) {
                    continue;
                }
                var placement = hosts.take(gpus(role));
                if (placement == null) {
                    break;
                }
                pod.placement = placement;
                pod.boundNanos = queue.nowNanos();
                pod.phase = Pod.Phase.STARTING;
                if (readyAtOnce) {
                    hosts.imageReadyNanos(placement, queue.nowNanos(), () -> 0);
                    ready(pod);
                } else {
                    var startUp = settings.startUp();
                    long load = startUp.loadNanos(noise);
                    long image =
                            hosts.imageReadyNanos(
                                    placement, queue.nowNanos(), () -> startUp.pullNanos(noise));
                    long at = image + load;
                    queue.schedule(at, PRIORITY, _ -> ready(pod), 0);
                }
            }
        }
    }

    private void ready(Pod pod) {
        if (pod.phase == Pod.Phase.STARTING) {
            pod.phase = Pod.Phase.READY;
            pod.replica = engines.apply(pod.role);
            becameReady.accept(pod);
        }
    }

    /// A host dies with everything on it; its replicas are wanted again elsewhere.
    void loseHost(int host) {
        Check.within("host", host, 0, hosts.count() - 1);
        hosts.lose(host);
        for (var role : Role.values()) {
            for (var pod : List.copyOf(of(role))) {
                if (pod.holdsGpus() && pod.on(host)) {
                    if (pod.replica != null) {
                        pod.engine().kill();
                    }
                    remove(pod);
                }
            }
            reconcile(role, false);
        }
    }

    /// Keeps every new pod pending, or lets them be placed again.
    void blockScheduling(boolean blocked) {
        schedulingBlocked = blocked;
        place(false);
    }

    List<Pod> of(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    FleetView view(Role role) {
        return new FleetView(
                desired.getOrDefault(role, 0),
                count(role, Pod.Phase.READY),
                count(role, Pod.Phase.STARTING),
                count(role, Pod.Phase.PENDING),
                count(role, Pod.Phase.DRAINING));
    }

    private int count(Role role, Pod.Phase phase) {
        int count = 0;
        for (var pod : of(role)) {
            count += pod.phase == phase ? 1 : 0;
        }
        return count;
    }

    private int gpus(Role role) {
        return role == Role.PREFILL ? settings.prefill().gpus() : settings.decode().gpus();
    }

    int gpusHeld() {
        int held = 0;
        for (var role : Role.values()) {
            for (var pod : of(role)) {
                held += pod.holdsGpus() ? gpus(role) : 0;
            }
        }
        return held;
    }

    /// GPU-hours from placement to deletion, loading and draining included, until now.
    double gpuHours() {
        double nanos = heldGpuNanos;
        for (var role : Role.values()) {
            for (var pod : of(role)) {
                if (pod.holdsGpus()) {
                    nanos += (double) gpus(role) * (queue.nowNanos() - pod.boundNanos);
                }
            }
        }
        return nanos / NANOS_PER_HOUR;
    }
}
