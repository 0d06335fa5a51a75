package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The working values of one step of a [Switchboard].
final class Round {

    final SwitchPolicy policy;
    final double now;

    private final Switchboard before;
    private final Sizes desired;
    private final Map<String, Instance> present = new LinkedHashMap<>();
    private final Map<String, Transaction> open = new LinkedHashMap<>();
    private final Map<String, Refused> cooling = new LinkedHashMap<>();
    private final List<Order> orders = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private long begun;
    private Tallies tallies;

    Round(Switchboard before, SwitchPolicy policy, Sizes desired, List<Instance> seen, double now) {
        this.before = before;
        this.policy = policy;
        this.desired = desired;
        this.now = now;
        this.begun = before.begun();
        this.tallies = before.tallies();
        for (var instance : seen) {
            if (!instance.leaving() && present.put(instance.name(), instance) != null) {
                throw new IllegalArgumentException(
                        "instance (%s) was seen twice; names must be unique."
                                .formatted(instance.name()));
            }
        }
        before.open().forEach(transaction -> open.put(transaction.instance(), transaction));
        before.cooling().forEach(refused -> cooling.put(refused.instance(), refused));
    }

    Turn turn() {
        var course = new Course(this);
        for (var transaction : before.open()) {
            course.advance(transaction, present.get(transaction.instance()));
        }
        var watch = new Watch(this, before);
        var known = watch.look(present.values());
        cooling.keySet().removeIf(name -> !present.containsKey(name));
        var held = new Beginning(this).begin();
        var next =
                new Switchboard(
                        begun,
                        List.copyOf(open.values()),
                        List.copyOf(cooling.values()),
                        known,
                        tallies);
        return new Turn(next, orders, events, held);
    }

    /// Instances that are there and not on their way out.
    Iterable<Instance> present() {
        return present.values();
    }

    @Nullable Transaction open(String instance) {
        return open.get(instance);
    }

    @Nullable Refused cooling(String instance) {
        return cooling.get(instance);
    }

    long number() {
        begun++;
        return begun;
    }

    void order(Order order) {
        orders.add(order);
    }

    void tell(Event event) {
        events.add(event);
    }

    /// The transaction as it stands now.
    void keep(Transaction transaction) {
        open.put(transaction.instance(), transaction);
    }

    /// The transaction is over.
    void end(Transaction transaction, Result result, String text) {
        var ended = transaction.ending(result, text).in(transaction.phase(), now, now);
        open.remove(transaction.instance());
        tallies = tallies.plus(result);
        events.add(new Event.Ended(ended, result, text));
        if (result == Result.SWITCHED) {
            cooling.remove(transaction.instance());
        }
    }

    /// The instance is left alone for a while.
    void leaveAlone(String instance, Result result) {
        var last = cooling.get(instance);
        cooling.put(
                instance, Refused.after(instance, last == null ? 0 : last.times(), result, now));
    }

    /// A new engine has refused nothing yet.
    void forgive(String instance) {
        cooling.remove(instance);
    }

    /// Transactions that hold an instance away from serving.
    long away() {
        return open.values().stream().filter(Transaction::away).count();
    }

    /// Instances of a role, those under way counted in the role that they go to.
    int count(Role role) {
        int count = 0;
        for (var instance : present.values()) {
            if (bound(instance) == role) {
                count++;
            }
        }
        return count;
    }

    private @Nullable Role bound(Instance instance) {
        var transaction = open.get(instance.name());
        if (transaction == null) {
            var pool = instance.home().role();
            return pool == null ? instance.live().role() : pool;
        }
        return switch (transaction.phase()) {
            case ASKING, DRAINING, SWITCHING, VERIFYING -> transaction.to();
            case RESTORING -> {
                var live = instance.live().role();
                yield policy.protocol().asksEngine() && live != null ? live : transaction.from();
            }
            case CONDEMNED -> null;
        };
    }

    /// Whether this pool has more than is wanted, and the other less.
    boolean owes(Role role) {
        return owed(role) > 0;
    }

    /// Instances that this role has too many and the other too few.
    int owed(Role role) {
        int surplus = count(role) - desired.of(role);
        int lack = desired.of(role.other()) - count(role.other());
        return Math.max(0, Math.min(surplus, lack));
    }

    /// Instances that surely serve in the pool of a role, those included that are only being asked.
    int serving(Role role) {
        return staying(role, false);
    }

    /// The same with those whose engine does not tell its role: one unread answer is no shortage.
    int servingPerhaps(Role role) {
        return staying(role, true);
    }

    private int staying(Role role, boolean untold) {
        int serving = 0;
        for (var instance : present.values()) {
            var transaction = open.get(instance.name());
            boolean stays =
                    transaction == null
                            || transaction.phase() == Phase.ASKING
                            || transaction.phase() == Phase.RESTORING;
            boolean silent = untold && instance.live().role() == null;
            if (stays && inPool(instance, role) && (silent || tells(instance, role))) {
                serving++;
            }
        }
        return serving;
    }

    /// Whether it is ready in the pool of that role.
    static boolean inPool(Instance instance, Role role) {
        return instance.ready() && instance.home() == Home.of(role);
    }

    /// Whether its engine says that role; where there is none to ask, its label does.
    boolean tells(Instance instance, Role role) {
        return !policy.protocol().asksEngine() || instance.live().settledIn(role);
    }
}
