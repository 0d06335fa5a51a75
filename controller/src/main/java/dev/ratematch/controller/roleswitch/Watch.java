package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sees what others did to instances that no switch is open for, and puts into the right pool who
/// is in a wrong one or in none.
final class Watch {

    private final Round round;
    private final Switchboard before;
    private final Map<String, Known> last = new LinkedHashMap<>();

    Watch(Round round, Switchboard before) {
        this.round = round;
        this.before = before;
        before.known().forEach(known -> last.put(known.instance(), known));
    }

    /// What this look leaves for the next.
    List<Known> look(Collection<Instance> present) {
        var known = new ArrayList<Known>();
        for (var instance : present) {
            var earlier = last.get(instance.name());
            boolean same = earlier != null && earlier.incarnation().equals(instance.incarnation());
            boolean free =
                    round.open(instance.name()) == null && before.of(instance.name()).isEmpty();
            if (free && !same) {
                round.forgive(instance.name());
            }
            var now = remembered(instance, earlier, same);
            if (same && earlier != null && (free || notOurs(instance))) {
                switched(instance, earlier, now);
            }
            if (free) {
                relabelled(instance, same ? earlier : null, now);
                putRight(instance, now, earlier != null && !same);
            }
            known.add(now);
        }
        return known;
    }

    private Known remembered(Instance instance, @Nullable Known earlier, boolean same) {
        boolean out =
                instance.home() == Home.NEITHER
                        && instance.ready()
                        && round.open(instance.name()) == null;
        var since = same && earlier != null ? earlier.outSinceSeconds() : null;
        var pool = instance.home().role();
        var role = instance.live().role();
        var epoch = instance.live().epoch();
        return new Known(
                instance.name(),
                instance.incarnation(),
                instance.home(),
                pool == null && earlier != null ? earlier.pool() : pool,
                role == null && same && earlier != null ? earlier.role() : role,
                epoch == null && same && earlier != null ? earlier.epoch() : epoch,
                out ? (Double) (since == null ? round.now : since) : null);
    }

    /// Whether a switch of its role cannot be ours, since its engine was not told until now; and
    /// nothing came of it that was told of already.
    private boolean notOurs(Instance instance) {
        var open = round.open(instance.name());
        return open != null
                && open.phase() != Phase.VERIFYING
                && before.of(instance.name()).filter(Transaction::revocable).isPresent();
    }

    private void relabelled(Instance instance, @Nullable Known earlier, Known now) {
        if (earlier == null) {
            if (now.outSinceSeconds() != null) {
                conflict(instance, "it is in neither pool and no switch of ours is open for it");
            }
            return;
        }
        if (earlier.home() != now.home()) {
            conflict(
                    instance,
                    "somebody else changed its label from %s to %s"
                            .formatted(earlier.home().label(), now.home().label()));
        }
    }

    private void switched(Instance instance, Known earlier, Known now) {
        var role = now.role();
        if (earlier.epoch() != null && !earlier.epoch().equals(now.epoch())) {
            conflict(
                    instance,
                    "somebody else switched it: its epoch went from %d to %d"
                            .formatted(earlier.epoch(), now.epoch()));
        } else if (earlier.role() != null && role != null && earlier.role() != role) {
            conflict(instance, "somebody else switched it to " + role.label());
        }
    }

    private void conflict(Instance instance, String text) {
        round.tell(new Event.Conflict(instance.name(), text));
    }

    private void putRight(Instance instance, Known now, boolean restarted) {
        boolean asks = round.policy.protocol().asksEngine();
        var live = instance.live();
        if (!instance.ready()) {
            return;
        }
        if (asks && live.phase() == EnginePhase.FAILED) {
            replace(instance, now);
            return;
        }
        var pool = instance.home().role();
        var right = asks ? live.role() : pool;
        if (pool != null) {
            if (right != null && right != pool && live.phase().settled()) {
                open(
                        instance,
                        right,
                        "its label said %s and its engine %s%s"
                                .formatted(
                                        pool.label(),
                                        right.label(),
                                        restarted ? ", after a new start" : ""));
            }
            return;
        }
        double out = now.outSinceSeconds() == null ? 0 : round.now - now.outSinceSeconds();
        if (restarted || out >= patienceSeconds()) {
            var role = right == null ? now.pool() : right;
            open(
                    instance,
                    role == null ? scarcer() : role,
                    "it was in neither pool for %.0f s".formatted(out));
        }
    }

    /// Who takes an instance out by hand is given the time that we would take.
    private double patienceSeconds() {
        return round.policy.drainTimeoutSeconds() + round.policy.switchTimeoutSeconds();
    }

    private Role scarcer() {
        return round.count(Role.PREFILL) < round.count(Role.DECODE) ? Role.PREFILL : Role.DECODE;
    }

    private void open(Instance instance, Role role, String why) {
        var begun =
                Transaction.puttingRight(
                        instance,
                        role,
                        round.number(),
                        round.now,
                        round.now + round.policy.switchTimeoutSeconds(),
                        why);
        boolean told = !round.policy.protocol().asksEngine() || instance.live().role() != null;
        round.keep(told ? begun : begun.onlyByLiveRole());
        if (told) {
            round.order(new Order.Route(instance.name(), role));
        }
    }

    /// A failed engine serves nobody, whoever switched it. One at a time, so that an engine whose
    /// word was misread costs one pod and not the fleet.
    private void replace(Instance instance, Known now) {
        for (var other : round.present()) {
            var transaction = round.open(other.name());
            if (transaction != null && transaction.phase() == Phase.CONDEMNED) {
                return;
            }
        }
        var role = now.pool() == null ? scarcer() : now.pool();
        var begun =
                Transaction.begun(
                        instance, role, Phase.RESTORING, round.number(), round.now, round.now);
        new Course(round).advance(begun, instance);
    }
}
