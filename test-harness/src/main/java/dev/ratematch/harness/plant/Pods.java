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
import org.jspecify.annotations.Nullable;

/// The orchestrator: keeps as many replicas of each role as were commanded, places them on hosts,
/// starts and drains them, lets them change their role, and accounts for the GPUs that they hold.
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
    private final RoleChanges changes;
    private final ByHand byHand;
    private final List<Pod> prefill = new ArrayList<>();
    private final List<Pod> decode = new ArrayList<>();
    private final Map<Role, Integer> desired = new EnumMap<>(Role.class);
    private int numbered;
    private int draining;
    private boolean trading;
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
        this.changes = new RoleChanges(this, queue, settings, noise, becameReady);
        this.byHand = new ByHand(this, queue, settings.roleSwitch(), noise, becameReady);
    }

    /// Commands both counts: what one role gives and the other takes changes its role, one after
    /// the other.
    void trade(int prefillCount, int decodeCount) {
        Check.atLeast("prefill replicas", prefillCount, 0);
        Check.atLeast("decode replicas", decodeCount, 0);
        desired.put(Role.PREFILL, prefillCount);
        desired.put(Role.DECODE, decodeCount);
        trading = true;
        reconcile();
    }

    /// Commands a count. The first command of a role is served by replicas that are ready at once.
    void scale(Role role, int count, boolean readyAtOnce) {
        Check.atLeast(role.label() + " replicas", count, 0);
        desired.put(role, count);
        trading = false;
        reconcile(role, 0, readyAtOnce);
    }

    /// Does what is still to be done for the counts that were traded for.
    void reconcile() {
        for (var role : Role.values()) {
            callBack(role);
        }
        for (var role : Role.values()) {
            int traded = Math.min(surplus(role), -surplus(role.other()));
            for (int i = 0; i < traded; i++) {
                changes.begin(role);
            }
        }
        // Those that have to wait for their turn are surplus here and lacking there still.
        for (var role : Role.values()) {
            reconcile(role, waiting(role), false);
        }
    }

    private int waiting(Role role) {
        int here = surplus(role);
        int there = surplus(role.other());
        return (here > 0) == (there > 0) ? 0 : Math.min(Math.abs(here), Math.abs(there));
    }

    /// Replicas of a role beyond what is commanded: those that stay, and those on their way to it.
    private int surplus(Role role) {
        int present = 0;
        for (var pod : of(role)) {
            present += pod.phase != Pod.Phase.DRAINING && pod.heading == null ? 1 : 0;
        }
        return present + heading(role) - desired.getOrDefault(role, 0);
    }

    /// A replica that is switched from outside: it is wanted in its new role from then on.
    void changeRole(Pod pod) {
        var from = pod.role;
        desired.merge(from, -1, Integer::sum);
        desired.merge(from.other(), 1, Integer::sum);
        begin(pod, from.other());
    }

    /// An engine of that role begins in a replica that there is already.
    void begin(Pod pod, Role role) {
        of(pod.role).remove(pod);
        pod.role = role;
        pod.captured |= role == Role.DECODE;
        pod.replica = engines.apply(role);
        of(role).add(pod);
    }

    /// What somebody outside does with single replicas.
    ByHand byHand() {
        return byHand;
    }

    /// The replica of that name whose engine serves, drains or switches; null when there is none.
    @Nullable Pod named(String name) {
        for (var role : Role.values()) {
            for (var pod : of(role)) {
                if (pod.name.equals(name) && pod.replica != null) {
                    return pod;
                }
            }
        }
        return null;
    }

    /// Replicas on their way to a role.
    int heading(Role role) {
        int heading = 0;
        for (var pod : of(role.other())) {
            heading += pod.heading == role ? 1 : 0;
        }
        return heading;
    }

    /// @param kept replicas more, or fewer, than commanded that are waiting to change their role
    private void reconcile(Role role, int kept, boolean readyAtOnce) {
        int surplus = surplus(role);
        for (int lacking = -surplus - kept; lacking > 0; lacking--) {
            of(role).add(new Pod(role, name(role)));
        }
        for (int extra = surplus - kept; extra > 0; extra--) {
            var victim = victim(of(role));
            if (victim != null) {
                retire(victim);
            }
        }
        place(readyAtOnce);
    }

    private String name(Role role) {
        String kind = settings.roleSwitch().possible() ? "worker" : role.label();
        return kind + "-" + numbered++;
    }

    /// Pending pods go first, then the newest of the starting, then the least loaded.
    private static @Nullable Pod victim(List<Pod> all) {
        return all.stream()
                .filter(p -> p.phase.compareTo(Pod.Phase.READY) <= 0)
                .min(
                        Comparator.<Pod, Pod.Phase>comparing(p -> p.phase)
                                .thenComparingInt(p -> p.replica == null ? 0 : p.engine().load())
                                .thenComparingLong(p -> -p.boundNanos))
                .orElse(null);
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

    /// Replicas called back that have not begun to change yet, where the role that they were to go
    /// to has enough and theirs has not.
    private void callBack(Role role) {
        for (var pod : List.copyOf(of(role))) {
            boolean back = surplus(role) < 0 && surplus(role.other()) > 0;
            if (back && pod.phase == Pod.Phase.LEAVING) {
                changes.stay(pod);
            }
        }
    }

    /// Removes every replica that has drained and lets waiting ones take its place.
    void sweep() {
        boolean removed = false;
        for (var role : Role.values()) {
            for (var pod : List.copyOf(of(role))) {
                removed |= removeIfDrained(pod);
                changes.switchIfDrained(pod);
            }
        }
        if (removed) {
            place(false);
        }
    }

    /// Whether any replica is draining, so that a sweep could find something.
    boolean draining() {
        return draining > 0 || changes.draining();
    }

    void remove(Pod pod) {
        if (pod.holdsGpus()) {
            int gpus = gpus(pod.role);
            hosts.giveBack(pod.placement);
            heldGpuNanos += (double) gpus * (queue.nowNanos() - pod.boundNanos);
        }
        draining -= pod.phase == Pod.Phase.DRAINING ? 1 : 0;
        changes.forget(pod);
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
            if (!trading) {
                reconcile(role, 0, false);
            }
        }
        if (trading) {
            reconcile();
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
                count(role, Pod.Phase.STARTING) + heading(role) + aside(role),
                count(role, Pod.Phase.PENDING),
                count(role, Pod.Phase.DRAINING),
                heading(role));
    }

    /// Replicas that somebody outside took out of routing, or switches.
    private int aside(Role role) {
        int aside = count(role, Pod.Phase.ASIDE);
        for (var pod : of(role)) {
            aside += pod.phase == Pod.Phase.SWITCHING && pod.heading == null ? 1 : 0;
        }
        return aside;
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
