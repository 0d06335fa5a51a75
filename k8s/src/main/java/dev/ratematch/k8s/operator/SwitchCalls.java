package dev.ratematch.k8s.operator;

import dev.ratematch.controller.host.Fault;
import dev.ratematch.controller.roleswitch.LiveRole;
import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Reply;
import dev.ratematch.controller.roleswitch.engine.Heard;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What engines were asked and told, and what they answered: nobody waits for them. A role that was
/// read before the last answer to an order is no answer to what became of it, and is forgotten.
/// Begun and read by one thread at a time.
final class SwitchCalls {

    private static final Logger LOG = LoggerFactory.getLogger(SwitchCalls.class);

    private final Reads.Background background;
    private final Map<String, Seen> roles = new ConcurrentHashMap<>();
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final Map<String, Long> sent = new HashMap<>();
    private final Map<String, Instant> asked = new HashMap<>();
    private final Set<String> looking = ConcurrentHashMap.newKeySet();
    private final AtomicLong changes = new AtomicLong();
    private final Map<String, Long> outdated = new ConcurrentHashMap<>();

    /// A role, of the engine that was this one then.
    private record Seen(String incarnation, LiveRole live, String trouble, Instant asked) {}

    SwitchCalls(Reads.Background background) {
        this.background = background;
    }

    /// What an engine said of itself, unless that is older than `age`.
    LiveRole live(String instance, String incarnation, Instant now, Duration age) {
        var heard = roles.get(instance);
        return heard == null
                        || !heard.incarnation().equals(incarnation)
                        || heard.asked().plus(age).isBefore(now)
                ? LiveRole.UNKNOWN
                : heard.live();
    }

    /// How it answered the last order of this process.
    Reply reply(String instance) {
        return replies.getOrDefault(instance, Reply.NONE);
    }

    /// Asks for its role, unless that is under way or was done within `every`.
    void look(
            String instance,
            String incarnation,
            Instant now,
            Duration every,
            Supplier<Heard> call) {
        var last = asked.get(instance);
        boolean due = last == null || !last.plus(every).isAfter(now);
        if (!due || !looking.add(instance)) {
            return;
        }
        asked.put(instance, now);
        long begun = changes.incrementAndGet();
        background
                .threads()
                .execute(
                        () -> {
                            try {
                                var heard = call.get();
                                if (begun > outdated.getOrDefault(instance, 0L)) {
                                    roles.put(
                                            instance,
                                            new Seen(
                                                    incarnation,
                                                    heard.live(),
                                                    heard.trouble(),
                                                    now));
                                }
                            } finally {
                                looking.remove(instance);
                                background.ended().run();
                            }
                        });
    }

    /// Sends an order that has not been sent by this process.
    void send(Order order, long serial, Supplier<Reply> call) {
        String instance = order.instance();
        Long last = sent.put(instance, serial);
        if (last != null && last == serial) {
            return;
        }
        replies.put(instance, new Reply(Reply.Answer.UNDER_WAY, serial, ""));
        if (order instanceof Order.Switch) {
            outdate(instance);
        }
        background
                .threads()
                .execute(
                        () -> {
                            replies.put(instance, answered(serial, call));
                            if (order instanceof Order.Switch) {
                                outdate(instance);
                            }
                            background.ended().run();
                        });
    }

    private static Reply answered(long serial, Supplier<Reply> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            LOG.warn("A request to an engine failed.", e);
            return new Reply(Reply.Answer.UNANSWERED, serial, Fault.of(e));
        }
    }

    /// What is known, or being asked, of its role is of before.
    private void outdate(String instance) {
        outdated.put(instance, changes.incrementAndGet());
        roles.remove(instance);
    }

    /// Why a role is unknown, of the first engine that did not tell it; empty where all did.
    String trouble() {
        return roles.values().stream()
                .map(Seen::trouble)
                .filter(text -> !text.isEmpty())
                .sorted()
                .findFirst()
                .orElse("");
    }

    /// Forgets whoever is gone.
    void keep(Set<String> instances) {
        roles.keySet().retainAll(instances);
        replies.keySet().retainAll(instances);
        sent.keySet().retainAll(instances);
        asked.keySet().retainAll(instances);
        outdated.keySet().retainAll(instances);
    }
}
