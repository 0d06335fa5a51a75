package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Decision.Hold;
import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.guard.Consistency;
import dev.ratematch.controller.guard.Freshness;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Stage;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The whole controller as one pure function: `step(State, Snapshot) -> Step`.
///
/// Every host (simulation, replay, recommendation, operator) calls this and nothing else to decide.
public final class Controller {

    /// Consistent windows needed before the first move.
    static final int WINDOWS_MIN = 2;

    /// Windows that may pass unseen before the estimates start again.
    private static final double GAP_WINDOWS = 3;

    /// Window length assumed for the gap rule alone, where a snapshot does not say, seconds.
    private static final double WINDOW_UNSEEN = 30;

    private final ServiceSpec spec;
    private final Laws laws;
    private final Sizing sizing;

    /// A controller of one service, with step times from `laws`.
    public Controller(ServiceSpec spec, Laws laws) {
        this.spec = spec;
        this.laws = laws;
        this.sizing = new Sizing(spec);
    }

    /// Decides one cycle.
    public Step step(State before, Snapshot snapshot) {
        return step(before, snapshot, null);
    }

    /// Decides one cycle under an interlock of the host, where there is one: everything is
    /// estimated and learnt as ever, but no count changes. An open move stands still, and the time
    /// is not held against its deadline.
    public Step step(State before, Snapshot snapshot, @Nullable Interlock interlock) {
        var free = free(before, snapshot);
        if (interlock == null || !(free.decision() instanceof Resize resize)) {
            return free;
        }
        var now = commanded(before, snapshot);
        var move = before.move();
        boolean first = before.lastSeenSeconds() < 0;
        double still = first ? 0 : Math.max(0, snapshot.atSeconds() - before.lastSeenSeconds());
        var frozen = move == null ? null : move.until(move.deadlineSeconds() + still);
        var state = free.state().withMove(frozen).withCommanded(now.prefill(), now.decode());
        String text =
                "%s Without that: %dP%dD (%s)."
                        .formatted(
                                interlock.text(),
                                resize.prefill(),
                                resize.decode(),
                                resize.reason().sentence());
        return new Step(
                state,
                new Hold(now.prefill(), now.decode(), interlock.reason()),
                free.explanation().held(text, frozen));
    }

    private Step free(State before, Snapshot snapshot) {
        var now = commanded(before, snapshot);
        var step = decide(before, seen(before, snapshot), snapshot, now);
        var decision = step.decision();
        return new Step(
                step.state().withCommanded(decision.prefill(), decision.decode()),
                decision,
                Assessor.seen(spec, laws, step, snapshot, now));
    }

    private static Sizes commanded(State before, Snapshot snapshot) {
        return new Sizes(
                commanded(snapshot.prefill(), before, before.commandedPrefill()),
                commanded(snapshot.decode(), before, before.commandedDecode()));
    }

    private Step decide(State before, State state, Snapshot snapshot, Sizes now) {
        if (!fleetKnown(snapshot.prefill(), now.prefill())
                || !fleetKnown(snapshot.decode(), now.decode())) {
            return hold(
                    state,
                    now,
                    Reason.FLEET_UNKNOWN,
                    "Replica counts are unknown, so the fleet stays as commanded.");
        }
        if (gap(before, snapshot)) {
            return hold(
                    state,
                    now,
                    Reason.GAP,
                    "More than three windows passed unseen; the estimates start again.");
        }
        if (state.move() != null) {
            return advance(state, state.move(), snapshot, now);
        }
        if (spec.gpus(now.prefill(), now.decode()) > spec.budgetGpus()) {
            return trim(state, snapshot, now);
        }
        var contradiction = Consistency.contradiction(snapshot);
        if (contradiction.isPresent()) {
            return hold(state, now, Reason.TELEMETRY_INCONSISTENT, contradiction.get());
        }
        if (state.windows().isEmpty()
                || state.windows().getLast().atSeconds() != snapshot.atSeconds()) {
            return hold(
                    state,
                    now,
                    Reason.TELEMETRY_UNKNOWN,
                    Freshness.missing(snapshot, before.heardSeconds()));
        }
        if (state.windows().size() < WINDOWS_MIN) {
            return hold(
                    state,
                    now,
                    Reason.WARMING_UP,
                    "One consistent window so far; two are needed before a move.");
        }
        return plan(state, snapshot, now);
    }

    private State seen(State before, Snapshot snapshot) {
        List<Window> past = gap(before, snapshot) ? List.of() : before.windows();
        boolean consistent = Freshness.usable(snapshot, before.heardSeconds());
        List<Window> windows =
                consistent
                        ? Estimator.window(snapshot, past)
                                .map(w -> Estimator.remember(past, w))
                                .orElse(past)
                        : past;
        boolean transition =
                before.move() == null
                        && (inTransition(snapshot.prefill()) || inTransition(snapshot.decode()));
        double since =
                before.transitionSinceSeconds() >= 0
                        ? before.transitionSinceSeconds()
                        : snapshot.atSeconds();
        boolean clean = consistent && before.move() == null;
        return before.seen(
                windows,
                snapshot,
                transition ? since : -1,
                clean
                        ? before.calibration().learn(spec, laws, snapshot, windows)
                        : before.calibration());
    }

    private static boolean inTransition(PoolReading pool) {
        return pool.starting().orElse(0) + pool.pending().orElse(0) + pool.draining().orElse(0) > 0;
    }

    private static boolean gap(State before, Snapshot snapshot) {
        double window = snapshot.windowSeconds().orElse(WINDOW_UNSEEN);
        return before.lastSeenSeconds() >= 0
                && snapshot.atSeconds() - before.lastSeenSeconds() > GAP_WINDOWS * window + 1e-9;
    }

    private static boolean fleetKnown(PoolReading pool, int commanded) {
        return commanded >= 0
                && pool.ready().known()
                && (pool.desired().known() || pool.starting().known());
    }

    /// Decisions are made against what was last commanded, so that a hold never cancels a start:
    /// the count read back from the target; else what exists, unless part of that is unknown or a
    /// move knows better.
    private static int commanded(PoolReading pool, State before, int last) {
        if (pool.desired().known()) {
            return (int) pool.desired().orElse(last);
        }
        if (last >= 0 && (before.move() != null || !pool.ready().known())) {
            return last;
        }
        if (!pool.ready().known()) {
            return Decision.COUNT_UNKNOWN;
        }
        int existing =
                (int)
                        (pool.ready().orElse(0)
                                + pool.starting().orElse(0)
                                + pool.pending().orElse(0));
        boolean whole = pool.starting().known() && pool.pending().known();
        return whole ? existing : Math.max(existing, last);
    }

    private static Step hold(State state, Sizes now, Reason reason, String text) {
        return new Step(
                state, new Hold(now.prefill(), now.decode(), reason), Explanation.of(text, state));
    }

    /// An open move goes on whatever the traffic says: one move in flight.
    private Step advance(State state, Move open, Snapshot snapshot, Sizes now) {
        var seen = commanding(snapshot, now);
        var move = further(state, open, snapshot);
        double at = snapshot.atSeconds();
        var stage = Stage.advance(move, spec, seen);
        if (stage.move().phase().ended()) {
            boolean done = stage.move().phase() == Move.Phase.DONE;
            var ended = state.moveEnded(done ? at : at + allowance());
            String text =
                    done ? "The move to %dP%dD is complete." : "The move was taken back to %dP%dD.";
            return hold(
                    ended,
                    now,
                    Reason.COOLING_DOWN,
                    text.formatted(move.toPrefill(), move.toDecode()));
        }
        var current = move;
        boolean late = at > move.deadlineSeconds();
        if (late && stage.drains()) {
            current = move.until(at + allowance());
            stage = Stage.advance(current, spec, seen);
        } else if (late) {
            if (move.phase() == Move.Phase.COMPENSATING) {
                return hold(
                        state.moveEnded(at + allowance()),
                        now,
                        Reason.COOLING_DOWN,
                        "Taking the move back to %dP%dD missed its deadline too; given up."
                                .formatted(move.toPrefill(), move.toDecode()));
            }
            current = move.compensating(at + allowance());
            stage = Stage.advance(current, spec, seen);
        }
        boolean back = current.phase() == Move.Phase.COMPENSATING;
        var next = state.withMove(stage.move());
        String text =
                "Moving %sto %dP%dD: %s; commanding %dP%dD now."
                        .formatted(
                                back ? "back " : "",
                                current.toPrefill(),
                                current.toDecode(),
                                stage.move()
                                        .phase()
                                        .name()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', ' '),
                                stage.prefill(),
                                stage.decode());
        return new Step(
                next,
                new Resize(
                        stage.prefill(),
                        stage.decode(),
                        back ? Reason.COMPENSATING : Reason.MOVE_IN_PROGRESS),
                Explanation.of(text, next));
    }

    /// The open move, with its end moved further the same way where that is worth as much as a new
    /// move would have to be: the first windows of a new kind of traffic show only part of it.
    private Move further(State state, Move move, Snapshot snapshot) {
        boolean fresh =
                state.windows().size() >= WINDOWS_MIN
                        && state.windows().getLast().atSeconds() == snapshot.atSeconds();
        if (!fresh || move.phase() == Move.Phase.COMPENSATING) {
            return move;
        }
        var estimate = Estimator.estimate(state.windows());
        if (estimate.requestsPerSecond() <= 0) {
            return move;
        }
        var capacity = state.calibration().capacity(spec, laws, estimate);
        var demand = sizing.demand(estimate, snapshot);
        var end = new Sizes(move.toPrefill(), move.toDecode());
        var plan = Planner.solve(spec, capacity, demand);
        var wanted = Choice.keeping(spec, end, Choice.pair(plan));
        double gain =
                Planner.servedShare(capacity, demand, wanted)
                        - Planner.servedShare(capacity, demand, end);
        boolean worth = gain > Choice.TAKING_GAIN && !wanted.equals(end);
        int most = spec.tuning().maxStepReplicas();
        boolean bounded =
                Math.abs(wanted.prefill() - move.fromPrefill()) <= most
                        && Math.abs(wanted.decode() - move.fromDecode()) <= most;
        return worth && bounded && move.sameWay(wanted.prefill(), wanted.decode())
                ? move.to(wanted.prefill(), wanted.decode(), snapshot.atSeconds() + allowance())
                : move;
    }

    /// The snapshot with its commanded counts filled in.
    private static Snapshot commanding(Snapshot snapshot, Sizes now) {
        return new Snapshot(
                snapshot.atSeconds(),
                snapshot.windowSeconds(),
                snapshot.prefill().withDesired(now.prefill()),
                snapshot.decode().withDesired(now.decode()),
                snapshot.traffic(),
                snapshot.warnings());
    }

    /// Cuts a fleet that holds more than the budget, keeping its ratio as far as whole replicas let
    /// it. Needs no traffic: a budget is a promise whatever the load.
    private Step trim(State state, Snapshot snapshot, Sizes now) {
        int p = now.prefill();
        int d = now.decode();
        while (spec.gpus(p, d) > spec.budgetGpus()) {
            boolean prefillCan = p > spec.prefill().minReplicas();
            boolean decodeCan = d > spec.decode().minReplicas();
            if (!prefillCan && !decodeCan) {
                break;
            }
            boolean prefillAhead = (long) p * now.decode() >= (long) d * now.prefill();
            if (prefillCan && (prefillAhead || !decodeCan)) {
                p--;
            } else {
                d--;
            }
        }
        if (p == now.prefill() && d == now.decode()) {
            return hold(
                    state,
                    now,
                    Reason.OVER_BUDGET,
                    "One pool is under its minimum; nothing to cut.");
        }
        double at = snapshot.atSeconds();
        var move = Move.planned(now.prefill(), now.decode(), p, d, at, at + allowance());
        var stage = Stage.advance(move, spec, commanding(snapshot, now));
        var next = state.withSmallerSince(-1).withMove(stage.move());
        String text =
                "%dP%dD holds %d GPUs, the budget is %d; cutting to %dP%dD."
                        .formatted(
                                now.prefill(),
                                now.decode(),
                                spec.gpus(now.prefill(), now.decode()),
                                spec.budgetGpus(),
                                p,
                                d);
        return new Step(
                next,
                new Resize(stage.prefill(), stage.decode(), Reason.OVER_BUDGET),
                Explanation.of(text, next));
    }

    private double allowance() {
        return spec.moveAllowanceSeconds();
    }

    private Step plan(State state, Snapshot snapshot, Sizes now) {
        var estimate = Estimator.estimate(state.windows());
        if (estimate.requestsPerSecond() <= 0) {
            return hold(
                    state.withSmallerSince(-1),
                    now,
                    Reason.IDLE,
                    "No requests in the last windows.");
        }
        var capacity = state.calibration().capacity(spec, laws, estimate);
        var demand = sizing.demand(estimate, snapshot);
        var plan = Planner.solve(spec, capacity, demand);
        double since = snapshot.atSeconds() - spec.tuning().scaleDownWindowSeconds();
        double peak =
                Math.max(
                        demand.requestsPerSecond(),
                        Estimator.peakRate(state.windows(), since)
                                * (1 + spec.tuning().demandMargin()));
        var lean = Planner.solve(spec, capacity, new Demand(peak, peak));
        double usual = sizing.usualQueue(estimate);
        boolean queued =
                estimate.prefillBacklogRequests() > usual
                        || estimate.decodeBacklogRequests() > usual;
        return new Choice(
                        spec,
                        state,
                        commanding(snapshot, now),
                        estimate,
                        capacity,
                        demand,
                        sizing.bare(estimate, snapshot),
                        plan,
                        lean,
                        now,
                        allowance(),
                        queued)
                .step();
    }
}
