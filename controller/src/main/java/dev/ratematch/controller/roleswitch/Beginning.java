package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Begins switches that the wanted counts ask for: the least loaded first.
final class Beginning {

    private final Round round;
    private final SwitchPolicy policy;

    Beginning(Round round) {
        this.round = round;
        this.policy = round.policy;
    }

    /// Begins as many as may be; says what keeps it from the first when none begins.
    @Nullable Held begin() {
        for (var from : Role.values()) {
            int wanted = round.owed(from);
            for (int i = 0; i < wanted; i++) {
                var held = one(from);
                if (held != null) {
                    return i == 0 ? held : null;
                }
            }
        }
        return null;
    }

    private @Nullable Held one(Role from) {
        if (round.away() >= policy.atOnce()) {
            return Held.AT_ONCE;
        }
        var candidates = new ArrayList<Instance>();
        for (var instance : round.present()) {
            if (round.open(instance.name()) == null && Round.inPool(instance, from)) {
                candidates.add(instance);
            }
        }
        if (candidates.isEmpty()) {
            return Held.MINIMUM_READY;
        }
        var willing = where(candidates, this::willing);
        if (willing.isEmpty()) {
            return Held.LEFT_ALONE;
        }
        var told = where(willing, i -> !policy.protocol().asksEngine() || i.live().settledIn(from));
        if (told.isEmpty()) {
            return Held.LIVE_ROLE_UNKNOWN;
        }
        if (round.serving(from) - asked(from) <= policy.least(from)) {
            return Held.MINIMUM_READY;
        }
        var measured = where(told, i -> i.load().requests() != null);
        if (measured.isEmpty()) {
            return Held.LOAD_UNKNOWN;
        }
        measured.sort(
                Comparator.comparingDouble(Beginning::requests).thenComparing(Instance::name));
        start(measured.getFirst(), from);
        return null;
    }

    private static List<Instance> where(List<Instance> all, Predicate<Instance> wanted) {
        return new ArrayList<>(all.stream().filter(wanted).toList());
    }

    private static double requests(Instance instance) {
        var requests = instance.load().requests();
        return requests == null ? Double.POSITIVE_INFINITY : requests;
    }

    private boolean willing(Instance instance) {
        var refused = round.cooling(instance.name());
        return refused == null || round.now >= refused.untilSeconds();
    }

    /// Instances of a pool that are being asked, and will leave it.
    private int asked(Role from) {
        int asked = 0;
        for (var instance : round.present()) {
            var transaction = round.open(instance.name());
            if (transaction != null
                    && transaction.phase() == Phase.ASKING
                    && transaction.from() == from) {
                asked++;
            }
        }
        return asked;
    }

    private void start(Instance instance, Role from) {
        boolean asks = policy.protocol().asksEngine();
        double now = round.now;
        var begun =
                Transaction.begun(
                        instance,
                        from,
                        asks ? Phase.ASKING : Phase.DRAINING,
                        round.number(),
                        now,
                        now
                                + (asks
                                        ? policy.switchTimeoutSeconds()
                                        : policy.drainTimeoutSeconds()));
        round.keep(begun);
        round.order(
                asks
                        ? new Order.Ask(instance.name(), from, begun.serial())
                        : new Order.Unroute(instance.name()));
        round.tell(
                new Event.Begun(
                        begun,
                        "it is switched from %s to %s"
                                .formatted(from.label(), begun.to().label())));
    }
}
