package dev.ratematch.controller.core;

import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import org.jspecify.annotations.Nullable;

/// What is different where somebody else carries the counts out: see `Conduct.ADVICE`.
final class Following {

    private Following() {}

    /// The state that advice is given from: a proposal that is seen to be followed is a move, and
    /// an abandoned move is none.
    static State before(State state, Snapshot snapshot) {
        double at = snapshot.atSeconds();
        var open = state.move();
        var proposed = state.proposed();
        if (open != null) {
            return at > open.deadlineSeconds() ? state.moveEnded(at) : state;
        }
        if (proposed == null || !begun(proposed, snapshot)) {
            return state;
        }
        double allowed = proposed.deadlineSeconds() - proposed.startedSeconds();
        return state.withMove(proposed.until(at + allowed));
    }

    /// What is remembered of a conclusion: a new move is only proposed, and the clock of a smaller
    /// fleet runs on, so that an unheeded proposal is made again in the next cycle.
    static State after(State before, State concluded, Decision decision, Snapshot snapshot) {
        boolean proposes =
                before.move() == null && decision instanceof Resize && concluded.move() != null;
        if (!proposes) {
            return concluded.proposing(null);
        }
        boolean shrinks = decision.reason() == Reason.SHRINK;
        return concluded
                .withMove(null)
                .experiencing(concluded.experience().taughtAs(before.experience()))
                .withSmallerSince(shrinks ? before.smallerSinceSeconds() : null)
                .withCommanded(
                        new Counts(
                                desired(snapshot, Role.PREFILL, before.commanded()),
                                desired(snapshot, Role.DECODE, before.commanded())))
                .proposing(concluded.move());
    }

    private static @Nullable Integer desired(Snapshot snapshot, Role role, Counts last) {
        var desired = snapshot.pool(role).desired();
        return desired.known() ? Integer.valueOf((int) desired.orElse(0)) : last.of(role);
    }

    /// Whether the commanded counts have gone at least one replica the proposed way and none the
    /// other.
    private static boolean begun(Move move, Snapshot snapshot) {
        int prefill = way(snapshot.prefill(), move.from().prefill(), move.to().prefill());
        int decode = way(snapshot.decode(), move.from().decode(), move.to().decode());
        return prefill >= 0 && decode >= 0 && prefill + decode > 0;
    }

    private static int way(PoolReading pool, int from, int to) {
        int now = (int) pool.desired().orElse(from);
        if (now == from) {
            return 0;
        }
        boolean between = Math.min(from, to) <= now && now <= Math.max(from, to);
        return between ? 1 : -1;
    }
}
