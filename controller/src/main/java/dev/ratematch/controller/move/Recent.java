package dev.ratematch.controller.move;

import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.Behavior;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What the bounds of `Behavior` look back on. Times are seconds on the host's clock.
///
/// @param changes of the commanded counts, oldest first
/// @param wishes what was wanted before any bound, oldest first, each until the next; kept only as
///   far back as a window asks for
public record Recent(List<Change> changes, List<Wish> wishes) {

    /// Nothing yet.
    public static final Recent NONE = new Recent(List.of(), List.of());

    /// Changes beyond this are told as one, at the later one's time: they bind longer, never less.
    private static final int CHANGES_MOST = 64;

    /// More than the longest window has control intervals.
    private static final int WISHES_MOST = 256;

    /// Replicas more, or fewer, from a moment on.
    public record Change(double atSeconds, int prefill, int decode) {

        int of(Role role) {
            return role == Role.PREFILL ? prefill : decode;
        }
    }

    /// What was wanted from a moment on.
    public record Wish(double atSeconds, Sizes sizes) {}

    public Recent {
        changes = List.copyOf(changes);
        wishes = List.copyOf(wishes);
    }

    /// The same after the commanded counts went from one pair to another.
    public Recent changed(double now, Counts from, Counts to) {
        int prefill = difference(from, to, Role.PREFILL);
        int decode = difference(from, to, Role.DECODE);
        var kept = new ArrayList<Change>();
        for (var change : changes) {
            if (change.atSeconds() > now - Behavior.Policy.PERIOD_MOST_SECONDS) {
                kept.add(change);
            }
        }
        if (prefill != 0 || decode != 0) {
            kept.add(new Change(now, prefill, decode));
        }
        if (kept.size() > CHANGES_MOST) {
            var first = kept.removeFirst();
            var second = kept.removeFirst();
            kept.addFirst(
                    new Change(
                            second.atSeconds(),
                            first.prefill() + second.prefill(),
                            first.decode() + second.decode()));
        }
        return new Recent(kept, wishes);
    }

    private static int difference(Counts from, Counts to, Role role) {
        var before = from.of(role);
        var after = to.of(role);
        return before == null || after == null ? 0 : after - before;
    }

    /// The same after something was wanted. What is there counts as the first wish, as of an HPA
    /// that starts.
    public Recent wishing(double now, Sizes there, Sizes wanted, int windowSeconds) {
        if (windowSeconds == 0) {
            return new Recent(changes, List.of());
        }
        var kept = new ArrayList<Wish>();
        for (int i = 0; i < wishes.size(); i++) {
            if (until(i, now) > now - windowSeconds) {
                kept.add(wishes.get(i));
            }
        }
        if (kept.isEmpty()) {
            kept.add(new Wish(now, there));
        }
        if (!kept.getLast().sizes().equals(wanted)) {
            kept.add(new Wish(now, wanted));
        }
        if (kept.size() > WISHES_MOST) {
            kept.removeFirst();
        }
        return new Recent(changes, kept);
    }

    /// Replicas of a role that were commanded at any time of a period that ends now: those at its
    /// start first, those of now last.
    IntStream commanded(Role role, int now, double atSeconds, int periodSeconds) {
        var counts = new ArrayDeque<Integer>();
        counts.addFirst(now);
        for (var change : changes.reversed()) {
            if (change.atSeconds() > atSeconds - periodSeconds) {
                counts.addFirst(Math.max(0, counts.getFirst() - change.of(role)));
            }
        }
        return counts.stream().mapToInt(count -> count);
    }

    /// What was wanted of a role within a window that ends now; what is there where nothing was.
    IntStream wished(Role role, int there, double now, int windowSeconds) {
        var within =
                IntStream.range(0, wishes.size())
                        .filter(i -> until(i, now) > now - windowSeconds)
                        .map(i -> wishes.get(i).sizes().of(role))
                        .boxed()
                        .toList();
        return (within.isEmpty() ? Stream.of(there) : within.stream()).mapToInt(count -> count);
    }

    private double until(int wish, double now) {
        return wish + 1 < wishes.size() ? wishes.get(wish + 1).atSeconds() : now;
    }
}
