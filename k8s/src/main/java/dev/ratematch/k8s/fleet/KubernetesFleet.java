package dev.ratematch.k8s.fleet;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.fleet.Replica.State;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/// Two scale targets as one fleet.
///
/// The commanded count of a pool is its target's count less the pods that we are draining: a
/// removal is commanded when the victims are chosen and reaches the target when they are empty. All
/// of it stands in the cluster (counts on the targets, annotations on the pods), so that a restart
/// finds it there. Confined to one thread.
///
/// A ReplicaSet controller may not have seen yet whom we want removed, and remove another: so it is
/// given a moment to see it, and whoever is left over afterwards goes back to work.
public final class KubernetesFleet implements RoleFleet {

    /// Time for other controllers to see an annotation.
    private static final Duration SEEN = Duration.ofSeconds(1);

    /// Time for a removal to begin once the target's count is lower.
    private static final Duration BEGUN = Duration.ofSeconds(10);

    private final ScaleTargets targets;
    private final PodWrites pods;
    private final String namespace;
    private final Function<Pool, Map<String, PodLoad>> loads;
    private final Map<Role, Pool> pools = new EnumMap<>(Role.class);
    private final Map<Role, Written> written = new EnumMap<>(Role.class);
    private final Map<String, Release> releases = new HashMap<>();
    private final Newest<Pod> newest = new Newest<>();
    private Instant now = Instant.EPOCH;

    /// One pool as it was last looked at.
    ///
    /// @param timeout longest wait for a victim to become empty
    public record Pool(
            Role role,
            RoleSpec spec,
            TargetView target,
            Routing routing,
            Duration timeout,
            List<Replica> replicas) {

        List<Replica> in(State state) {
            return replicas.stream().filter(r -> r.state() == state).toList();
        }
    }

    private record Written(int replicas, long version) {}

    /// An empty replica that is to be removed.
    ///
    /// @param counted whether its target still counts it
    private record Release(Instant at, boolean counted) {}

    /// A fleet that has not been looked at.
    ///
    /// @param loads what the pool's pods have to do, by pod name; a pod that does not answer is
    ///   absent
    public KubernetesFleet(
            ScaleTargets targets,
            PodWrites pods,
            String namespace,
            Function<Pool, Map<String, PodLoad>> loads) {
        this.targets = targets;
        this.pods = pods;
        this.namespace = namespace;
        this.loads = loads;
    }

    /// Takes a new look at one pool.
    public void look(
            Role role,
            RoleSpec spec,
            TargetView target,
            Routing routing,
            Duration timeout,
            List<Pod> cached,
            Instant at) {
        now = at;
        var own = written.get(role);
        var view = target;
        if (own != null) {
            boolean behind = Newest.version(target.object()) < own.version();
            view = behind ? target.with(own.replicas()) : target;
            if (!behind) {
                written.remove(role);
            }
        }
        var replicas = Replica.of(cached.stream().map(newest::of).toList());
        pools.put(role, new Pool(role, spec, view, routing, timeout, replicas));
    }

    @Override
    public Pool pool(Role role) {
        var pool = pools.get(role);
        if (pool == null) {
            throw new TargetException("The %s pool has not been looked at".formatted(role.label()));
        }
        return pool;
    }

    @Override
    public FleetCounts counts(Role role) {
        var pool = pool(role);
        int marked = marked(pool).size();
        int leaving = pool.in(State.DRAINING).size() + pool.in(State.TERMINATING).size();
        return new FleetCounts(
                Math.max(0, pool.target().replicas() - marked),
                pool.in(State.READY).size(),
                pool.in(State.STARTING).size(),
                pool.in(State.PENDING).size(),
                leaving,
                pool.in(State.FAILED).size());
    }

    /// Being drained and still counted by the target.
    List<Replica> marked(Pool pool) {
        return pool.in(State.DRAINING).stream().filter(this::counted).toList();
    }

    private boolean counted(Replica replica) {
        var release = releases.get(uid(replica));
        return release == null
                ? !Replica.annotated(replica.leader(), Api.RELEASED)
                : release.counted();
    }

    private static String uid(Replica replica) {
        return replica.leader().getMetadata().getUid();
    }

    @Override
    public void scale(Role role, int replicas) {
        var pool = pool(role);
        int desired = counts(role).desired();
        if (replicas > desired) {
            grow(pool, replicas - desired);
        } else if (replicas < desired) {
            shrink(pool, desired - replicas);
        }
    }

    /// Calls back what is still draining before it asks for more.
    void grow(Pool pool, int by) {
        var back =
                marked(pool).stream()
                        .sorted(Comparator.comparing(PodWriter::drainingSince).reversed())
                        .limit(by)
                        .toList();
        for (var replica : back) {
            recall(pool, replica);
        }
        if (by > back.size()) {
            write(pool, pool.target().replicas() + by - back.size());
        }
        again(pool);
    }

    void shrink(Pool pool, int by) {
        remove(pool, by, Victims.choose(pool, by, loads));
    }

    /// Removes as many replicas, these first.
    void remove(Pool pool, int by, List<Replica> victims) {
        var drains = new ArrayList<Replica>();
        int direct = by - victims.size();
        for (var victim : victims) {
            boolean serving = victim.state() == State.READY;
            if (serving && !(pool.routing() instanceof Routing.None)) {
                drains.add(victim);
            } else {
                direct++;
                victim.pods().forEach(pod -> newest.wrote(pods.cheapen(pod, now)));
            }
        }
        for (var victim : drains) {
            victim.pods().forEach(pod -> newest.wrote(pods.drain(pod, pool.routing(), now)));
        }
        if (direct > 0) {
            write(pool, pool.target().replicas() - direct);
        }
        again(pool);
    }

    @Override
    public void openGates(Role role) {
        var pool = pool(role);
        boolean changed = false;
        for (var replica : pool.replicas()) {
            boolean waits =
                    replica.state() == State.STARTING
                            && !Replica.condition(replica.leader(), Api.SERVING_GATE);
            if (waits) {
                replica.pods().forEach(pod -> newest.wrote(pods.serving(pod, true)));
                changed = true;
            }
        }
        if (changed) {
            again(pool);
        }
    }

    @Override
    public void advance() {
        for (var role : Role.values()) {
            returnLeftOvers(pool(role));
            release(pool(role));
            remove(pool(role));
        }
    }

    @Override
    public boolean drains() {
        return pools.values().stream()
                .flatMap(pool -> pool.in(State.DRAINING).stream())
                .anyMatch(this::ours);
    }

    private boolean ours(Replica replica) {
        return Marks.owner(replica.leader()).map(pods.owner()::equals).orElse(true);
    }

    @Override
    public void recallAll() {
        for (var pool : List.copyOf(pools.values())) {
            pool.in(State.DRAINING).stream()
                    .filter(this::ours)
                    .forEach(replica -> recall(pool, replica));
            again(pool);
        }
    }

    /// Whom a removal did not take, because the controller took another or we died before we asked
    /// for it, serves again.
    private void returnLeftOvers(Pool pool) {
        var draining = pool.in(State.DRAINING);
        long living =
                ofTarget(pool)
                        .filter(r -> r.state() != State.TERMINATING)
                        .filter(r -> r.state() != State.FAILED)
                        .count();
        boolean over = living > pool.target().replicas();
        for (var replica : draining) {
            if (!over && leftOver(replica)) {
                recall(pool, replica);
            }
        }
        again(pool);
    }

    private boolean leftOver(Replica replica) {
        var release = releases.get(uid(replica));
        return release == null
                ? Replica.annotated(replica.leader(), Api.RELEASED)
                : !release.counted() && now.isAfter(release.at().plus(BEGUN));
    }

    private boolean seen(Replica replica) {
        var release = releases.get(uid(replica));
        return release != null && !now.isBefore(release.at().plus(SEEN));
    }

    private void recall(Pool pool, Replica replica) {
        releases.remove(uid(replica));
        replica.pods().forEach(pod -> newest.wrote(pods.recall(pod, pool.routing())));
    }

    private void release(Pool pool) {
        var marked = marked(pool).stream().filter(r -> !releases.containsKey(uid(r))).toList();
        if (marked.isEmpty()) {
            return;
        }
        var load = loads.apply(pool);
        var empty = marked.stream().filter(r -> done(pool, r, load)).toList();
        for (var replica : Victims.removable(pool, ofTarget(pool).toList(), empty)) {
            replica.pods().forEach(pod -> newest.wrote(pods.cheapen(pod, now)));
            releases.put(uid(replica), new Release(now, true));
        }
        again(pool);
    }

    private void remove(Pool pool) {
        var leaving = marked(pool).stream().filter(this::seen).toList();
        if (!leaving.isEmpty()) {
            write(pool, pool.target().replicas() - leaving.size());
            leaving.forEach(r -> releases.put(uid(r), new Release(now, false)));
        }
    }

    private boolean done(Pool pool, Replica replica, Map<String, PodLoad> load) {
        var seen = load.get(replica.name());
        boolean empty = seen != null && seen.drained(pool.role() == Role.PREFILL);
        return empty || now.isAfter(PodWriter.drainingSince(replica).plus(pool.timeout()));
    }

    private void write(Pool pool, int replicas) {
        int expected = pool.target().replicas();
        if (replicas == expected) {
            return;
        }
        long version = targets.write(namespace, pool.spec(), expected, Math.max(0, replicas));
        for (var each : List.copyOf(pools.values())) {
            if (sharing(each, pool)) {
                written.put(each.role(), new Written(replicas, version));
                pools.put(
                        each.role(),
                        new Pool(
                                each.role(),
                                each.spec(),
                                each.target().with(replicas),
                                each.routing(),
                                each.timeout(),
                                each.replicas()));
            }
        }
    }

    /// Whether two pools are counted by the same number of the same target.
    private static boolean sharing(Pool one, Pool other) {
        return one.role() == other.role()
                || (one.spec().scaleTargetRef().equals(other.spec().scaleTargetRef())
                        && Objects.equals(one.spec().replicasPath(), other.spec().replicasPath()));
    }

    /// All that the pool's target counts.
    private Stream<Replica> ofTarget(Pool pool) {
        return pools.values().stream()
                .filter(each -> sharing(each, pool))
                .flatMap(each -> each.replicas().stream());
    }

    /// A pod as a write of somebody else in this process left it.
    void wrote(Role role, Pod pod) {
        newest.wrote(pod);
        again(pool(role));
    }

    /// The pods as our writes left them.
    private void again(Pool before) {
        var pool = pool(before.role());
        var all = pool.replicas().stream().flatMap(r -> r.pods().stream()).map(newest::of).toList();
        pools.put(
                pool.role(),
                new Pool(
                        pool.role(),
                        pool.spec(),
                        pool.target(),
                        pool.routing(),
                        pool.timeout(),
                        Replica.of(all)));
    }
}
