package dev.ratematch.controller.core;

import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Snapshot;
import org.jspecify.annotations.Nullable;

/// The controller where somebody else carries out its decisions, or nobody does: a person, an HPA,
/// KEDA.
///
/// A recommendation is not a move. The move begins when the commanded counts are seen to go its
/// way; from then on its stages are recommended as they would be commanded. A recommendation that
/// nobody follows is made again each cycle, and a followed one that is abandoned half way is
/// forgotten at its deadline: there is nothing to take back that we did.
public final class Advisor {

    private final Controller controller;

    /// An advisor on the same decisions.
    public Advisor(Controller controller) {
        this.controller = controller;
    }

    /// What an advisor remembers between two cycles.
    ///
    /// @param proposed the move that was recommended last and not seen to begin
    public record Advice(State state, @Nullable Move proposed) {

        /// Nothing recommended yet.
        public static Advice of(State state) {
            return new Advice(state, null);
        }
    }

    /// One cycle's advice.
    ///
    /// @param step as the controller gave it; its counts are what to set now
    public record Advised(Step step, Advice advice) {}

    /// Advises one cycle.
    public Advised step(Advice before, Snapshot snapshot, @Nullable Interlock interlock) {
        double at = snapshot.atSeconds();
        var state = before.state();
        var open = state.move();
        var proposed = before.proposed();
        if (open != null && at > open.deadlineSeconds()) {
            state = state.moveEnded(at);
        } else if (open == null && proposed != null && begun(proposed, snapshot)) {
            double allowed = proposed.deadlineSeconds() - proposed.startedSeconds();
            state = state.withMove(proposed.until(at + allowed));
        }
        var step = controller.step(state, snapshot, interlock);
        boolean proposes =
                state.move() == null
                        && step.decision() instanceof Resize
                        && step.state().move() != null;
        if (!proposes) {
            return new Advised(step, Advice.of(step.state()));
        }
        var waiting =
                step.state()
                        .withMove(null)
                        .withCommanded(
                                (int) snapshot.prefill().desired().orElse(state.commandedPrefill()),
                                (int) snapshot.decode().desired().orElse(state.commandedDecode()));
        return new Advised(step, new Advice(waiting, step.state().move()));
    }

    /// Whether the commanded counts have gone at least one replica the proposed way and none the
    /// other.
    private static boolean begun(Move move, Snapshot snapshot) {
        int prefill = way(snapshot.prefill(), move.fromPrefill(), move.toPrefill());
        int decode = way(snapshot.decode(), move.fromDecode(), move.toDecode());
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
