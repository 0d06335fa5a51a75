package dev.ratematch.k8s.fleet;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.k8s.api.WorkersSpec;
import dev.ratematch.k8s.fleet.KubernetesFleet.Pool;
import dev.ratematch.k8s.fleet.Replica.State;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One scale target whose instances are told apart by a label.
///
/// What is commanded is a count for each role. Their sum is the target's count, which is all that a
/// target can keep; how it is split is remembered here and, over a restart, by whoever calls. Where
/// the sum is another than what the target counts, somebody else has scaled it, or nobody has
/// commanded anything yet: then the split is as it is seen. Confined to one thread.
public final class WorkersFleet implements RoleFleet {

    private final KubernetesFleet fleet;
    private final PodWrites pods;
    private Map<String, Role> heading = Map.of();
    private Role fresh = Role.DECODE;
    private @Nullable Sizes commanded;
    private @Nullable Sizes pending;

    /// The workers of a fleet whose two pools are looked at as [#split] has them.
    public WorkersFleet(KubernetesFleet fleet, PodWrites pods) {
        this.fleet = fleet;
        this.pods = pods;
    }

    /// Sorts a target's pods by role. One that is out of both roles belongs to that which it would
    /// be put back into, one without a role to that of new pods.
    public static Map<Role, List<Pod>> split(
            WorkersSpec workers, TargetView target, List<Pod> all) {
        Map<Role, List<Pod>> sorted = new EnumMap<>(Role.class);
        for (var role : Role.values()) {
            sorted.put(role, new ArrayList<>());
        }
        var fallback = fresh(workers, target);
        for (var replica : Replica.of(all)) {
            var role = role(workers, replica.leader()).orElse(fallback);
            sorted.getOrDefault(role, new ArrayList<>()).addAll(replica.pods());
        }
        all.stream()
                .filter(pod -> Replica.of(List.of(pod)).isEmpty())
                .forEach(pod -> sorted.getOrDefault(fallback, new ArrayList<>()).add(pod));
        return sorted;
    }

    /// The role that the target's template gives a new instance; decode where it gives none.
    public static Role fresh(WorkersSpec workers, TargetView target) {
        return target.podTemplate()
                .map(template -> template.getMetadata())
                .flatMap(of -> role(workers, of == null ? null : of.getLabels()))
                .orElse(Role.DECODE);
    }

    /// The role that a pod is in by its label; empty for none.
    public static Optional<Role> labelled(WorkersSpec workers, Pod pod) {
        return role(workers, pod.getMetadata().getLabels());
    }

    private static Optional<Role> role(WorkersSpec workers, Pod pod) {
        return labelled(workers, pod)
                .or(() -> role(workers, Optional.ofNullable(Marks.routingValue(pod))));
    }

    private static Optional<Role> role(WorkersSpec workers, @Nullable Map<String, String> labels) {
        return role(
                workers,
                Optional.ofNullable(labels).map(all -> all.get(workers.roleLabel().name())));
    }

    private static Optional<Role> role(WorkersSpec workers, Optional<String> value) {
        for (var role : Role.values()) {
            if (value.filter(workers.roleLabel().value(role)::equals).isPresent()) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    /// Goes on after a look at both pools.
    ///
    /// @param to the role that instances which are out of both are on their way to, by name
    /// @param template the role of new instances
    public void looked(Map<String, Role> to, Role template) {
        pending = null;
        heading = Map.copyOf(to);
        fresh = template;
    }

    /// Remembers how a command of an earlier process split the count; null for no command.
    public void remembering(@Nullable Sizes split) {
        commanded = split;
    }

    /// How the last command split the count; null where there is none that stands.
    public @Nullable Sizes commanded() {
        return standing() ? commanded : null;
    }

    private boolean standing() {
        var split = commanded;
        return split != null && split.prefill() + split.decode() == total();
    }

    @Override
    public Pool pool(Role role) {
        return fleet.pool(role);
    }

    /// Of the target, less what leaves.
    private int total() {
        int leaving =
                fleet.marked(pool(Role.PREFILL)).size() + fleet.marked(pool(Role.DECODE)).size();
        return Math.max(0, pool(Role.PREFILL).target().replicas() - leaving);
    }

    /// How many instances of each role there are to be.
    public Sizes desired() {
        var split = commanded;
        return split != null && standing() ? split : seen();
    }

    /// The target's count as its instances split it; those that are not there yet come as the
    /// template has them.
    private Sizes seen() {
        int other = living(fresh.other());
        int total = total();
        int rest = Math.max(0, total - other);
        int given = Math.min(other, total);
        return fresh == Role.PREFILL ? new Sizes(rest, given) : new Sizes(given, rest);
    }

    private int living(Role role) {
        int here = 0;
        for (var state : List.of(State.READY, State.STARTING, State.PENDING)) {
            here += pool(role).in(state).size();
        }
        return here + heading(role);
    }

    private int heading(Role role) {
        int count = 0;
        for (var from : Role.values()) {
            for (var replica : pool(from).in(State.SWITCHING)) {
                count += heading.getOrDefault(replica.name(), from) == role ? 1 : 0;
            }
        }
        return count;
    }

    /// One that is on its way to a role starts there, whether its pod starts, or it comes from the
    /// other role. New instances come in the template's role, and go on to where one is missing.
    @Override
    public FleetCounts counts(Role role) {
        var mine = desired();
        var pool = pool(role);
        int passed = passed(mine);
        int unplaced = Math.min(passed, pool(fresh).in(State.PENDING).size());
        int sign = role == fresh ? -1 : 1;
        int switching = heading(role);
        return new FleetCounts(
                mine.of(role),
                pool.in(State.READY).size(),
                pool.in(State.STARTING).size() + sign * (passed - unplaced) + switching,
                pool.in(State.PENDING).size() + sign * unplaced,
                pool.in(State.DRAINING).size() + pool.in(State.TERMINATING).size(),
                pool.in(State.FAILED).size(),
                switching);
    }

    /// New instances in the template's role that are to go on to the other one.
    private int passed(Sizes desired) {
        int young = pool(fresh).in(State.STARTING).size() + pool(fresh).in(State.PENDING).size();
        int over = Math.max(0, living(fresh) - desired.of(fresh));
        int missing = Math.max(0, desired.of(fresh.other()) - living(fresh.other()));
        return Math.min(young, Math.min(over, missing));
    }

    /// Takes a command. It is carried out by [#resize] once both roles have theirs: in between the
    /// sum is neither the old nor the new one.
    @Override
    public void scale(Role role, int replicas) {
        var before = pending == null ? desired() : pending;
        pending = before.with(role, replicas);
    }

    /// What is commanded and not carried out yet; null for nothing.
    public @Nullable Sizes pending() {
        return pending;
    }

    /// Carries out the total of what was commanded; the roles are for whoever switches.
    public void resize() {
        var wanted = pending;
        if (wanted == null) {
            return;
        }
        pending = null;
        int before = total();
        var from = desired();
        int after = wanted.prefill() + wanted.decode();
        commanded = wanted;
        if (after > before) {
            grow(wanted, after - before);
        } else if (after < before) {
            shrink(from, wanted, before - after);
        }
    }

    /// Calls back what still drains, that of the role which is short first.
    private void grow(Sizes wanted, int by) {
        boolean prefillShort = living(Role.PREFILL) < wanted.prefill();
        var first = prefillShort ? Role.PREFILL : Role.DECODE;
        int back = Math.min(by, fleet.marked(pool(first)).size());
        int left = by - back;
        if (back > 0) {
            fleet.grow(pool(first), back);
        }
        if (left > 0) {
            fleet.grow(pool(first.other()), left);
        }
    }

    private void shrink(Sizes from, Sizes wanted, int by) {
        if (!pool(Role.PREFILL).target().choosesVictims()) {
            topmost(by);
            return;
        }
        // Those of the role that is to have fewer; what it cannot give, the other one does.
        int prefill = Math.max(0, living(Role.PREFILL) - wanted.prefill());
        int decode = Math.max(0, living(Role.DECODE) - wanted.decode());
        int ofPrefill = Math.min(by, prefill);
        int ofDecode = Math.min(by - ofPrefill, decode);
        int rest = by - ofPrefill - ofDecode;
        var larger = from.prefill() > from.decode() ? Role.PREFILL : Role.DECODE;
        remove(Role.PREFILL, ofPrefill + (larger == Role.PREFILL ? rest : 0));
        remove(Role.DECODE, ofDecode + (larger == Role.DECODE ? rest : 0));
    }

    private void remove(Role role, int by) {
        if (by > 0) {
            fleet.shrink(pool(role), by);
        }
    }

    /// Numbered instances leave from the top, whatever their role.
    private void topmost(int by) {
        var all = new ArrayList<Replica>();
        for (var role : Role.values()) {
            all.addAll(Victims.staying(pool(role)));
        }
        var top = all.stream().sorted(Victims.byNumber().reversed()).limit(by).toList();
        int given = 0;
        for (var role : Role.values()) {
            var mine = top.stream().filter(pool(role).replicas()::contains).toList();
            given += mine.size();
            boolean last = role == Role.DECODE;
            fleet.remove(pool(role), mine.size() + (last ? by - given : 0), mine);
        }
    }

    @Override
    public void openGates(Role role) {
        fleet.openGates(role);
    }

    @Override
    public void advance() {
        fleet.advance();
    }

    @Override
    public boolean drains() {
        return fleet.drains()
                || replicas().stream().anyMatch(r -> r.state() == State.SWITCHING && ours(r));
    }

    private boolean ours(Replica replica) {
        return Marks.owner(replica.leader()).map(pods.owner()::equals).orElse(true);
    }

    /// Puts back what leaves, and what is out of both roles unless its engine was told already:
    /// what role that has then is not known here.
    @Override
    public void recallAll() {
        pending = null;
        fleet.recallAll();
        for (var replica : replicas()) {
            boolean told = Marks.told(replica.leader());
            if (replica.state() == State.SWITCHING && ours(replica) && !told) {
                write(replica, pod -> pods.recall(pod, new Routing.None()));
            }
        }
    }

    /// All instances of both roles, those that leave included.
    public List<Replica> replicas() {
        var all = new ArrayList<Replica>(pool(Role.PREFILL).replicas());
        all.addAll(pool(Role.DECODE).replicas());
        return all;
    }

    /// Writes to every pod of an instance, so that the next reader sees it.
    public void write(Replica replica, UnaryOperator<Pod> change) {
        for (var role : Role.values()) {
            if (pool(role).replicas().stream().anyMatch(r -> r.name().equals(replica.name()))) {
                for (var pod : replica.pods()) {
                    fleet.wrote(role, change.apply(pod));
                }
            }
        }
    }
}
