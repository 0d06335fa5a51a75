package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Decision.Hold;
import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.guard.Consistency;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Stage;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import java.util.Locale;

/// The whole controller as one pure function: `step(State, Snapshot) -> Step`.
///
/// Every host (simulation, replay, recommendation, operator) calls this and nothing else to decide.
public final class Controller {

    /// Consistent windows needed before the first move.
    private static final int WINDOWS_MIN = 2;

    /// Windows that may pass unseen before the estimates start again.
    private static final double GAP_WINDOWS = 3;

    private final ServiceSpec spec;
    private final Laws laws;

    /// A controller of one service, with step times from `laws`.
    public Controller(ServiceSpec spec, Laws laws) {
        this.spec = spec;
        this.laws = laws;
    }

    /// Decides one cycle.
    public Step step(State before, Snapshot snapshot) {
        int prefill = desired(snapshot.prefill(), spec.prefill().minReplicas());
        int decode = desired(snapshot.decode(), spec.decode().minReplicas());
        var state = seen(before, snapshot);
        if (!fleetKnown(snapshot.prefill()) || !fleetKnown(snapshot.decode())) {
            return hold(
                    state,
                    prefill,
                    decode,
                    Reason.FLEET_UNKNOWN,
                    "Replica counts are unknown, so the fleet stays as commanded.");
        }
        if (state.move() != null) {
            return advance(state, state.move(), snapshot);
        }
        if (gap(before, snapshot)) {
            return hold(
                    state,
                    prefill,
                    decode,
                    Reason.GAP,
                    "More than three windows passed unseen; the estimates start again.");
        }
        var contradiction = Consistency.contradiction(snapshot);
        if (contradiction.isPresent()) {
            return hold(state, prefill, decode, Reason.TELEMETRY_INCONSISTENT, contradiction.get());
        }
        if (state.windows().isEmpty()
                || state.windows().getLast().atSeconds() != snapshot.atSeconds()) {
            return hold(
                    state,
                    prefill,
                    decode,
                    Reason.TELEMETRY_UNKNOWN,
                    "The arrival rate or the lengths are unknown in this window.");
        }
        if (state.windows().size() < WINDOWS_MIN) {
            return hold(
                    state,
                    prefill,
                    decode,
                    Reason.WARMING_UP,
                    "One consistent window so far; two are needed before a move.");
        }
        return plan(state, snapshot, prefill, decode);
    }

    private State seen(State before, Snapshot snapshot) {
        List<Window> past = gap(before, snapshot) ? List.of() : before.windows();
        boolean consistent = Consistency.contradiction(snapshot).isEmpty();
        List<Window> windows =
                consistent
                        ? Estimator.window(snapshot, past)
                                .map(w -> Estimator.remember(past, w))
                                .orElse(past)
                        : past;
        return new State(
                windows,
                snapshot.atSeconds(),
                before.lastMoveEndSeconds(),
                before.smallerSinceSeconds(),
                before.move(),
                consistent
                        ? before.calibration().learn(spec, laws, snapshot)
                        : before.calibration());
    }

    private static boolean gap(State before, Snapshot snapshot) {
        double window = snapshot.windowSeconds().orElse(30);
        return before.lastSeenSeconds() >= 0
                && snapshot.atSeconds() - before.lastSeenSeconds() > GAP_WINDOWS * window + 1e-9;
    }

    private static boolean fleetKnown(PoolReading pool) {
        return pool.ready().known() && (pool.desired().known() || pool.starting().known());
    }

    /// Decisions are made against what was last commanded, so that a hold never cancels a start.
    private static int desired(PoolReading pool, int fallback) {
        if (pool.desired().known()) {
            return (int) pool.desired().orElse(fallback);
        }
        if (!pool.ready().known()) {
            return fallback;
        }
        return (int)
                (pool.ready().orElse(0) + pool.starting().orElse(0) + pool.pending().orElse(0));
    }

    private Step hold(State state, int prefill, int decode, Reason reason, String text) {
        return new Step(state, new Hold(prefill, decode, reason), Explanation.of(text, state));
    }

    /// An open move goes on whatever the traffic says: one move in flight.
    private Step advance(State state, Move move, Snapshot snapshot) {
        boolean late = snapshot.atSeconds() > move.deadlineSeconds();
        var current =
                late && move.phase() != Move.Phase.COMPENSATING
                        ? move.compensating(snapshot.atSeconds() + allowance())
                        : move;
        var stage = Stage.advance(current, spec, snapshot);
        boolean givenUp = late && move.phase() == Move.Phase.COMPENSATING;
        if (stage.move().phase().ended() || givenUp) {
            var done = state.moveEnded(snapshot.atSeconds());
            String text =
                    stage.move().phase() == Move.Phase.DONE
                            ? "The move to %dP%dD is complete."
                                    .formatted(move.toPrefill(), move.toDecode())
                            : "The move was taken back to %dP%dD."
                                    .formatted(current.toPrefill(), current.toDecode());
            return hold(done, stage.prefill(), stage.decode(), Reason.COOLING_DOWN, text);
        }
        var next = state.withMove(stage.move());
        var reason =
                current.phase() == Move.Phase.COMPENSATING
                        ? Reason.COMPENSATING
                        : Reason.MOVE_IN_PROGRESS;
        String text =
                "Moving to %dP%dD: %s; commanding %dP%dD now."
                        .formatted(
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
                new Resize(stage.prefill(), stage.decode(), reason),
                Explanation.of(text, next));
    }

    private double allowance() {
        double drain = Math.max(spec.prefill().drainSeconds(), spec.decode().drainSeconds());
        return 3 * (spec.leadTimeSeconds() + drain) + 60;
    }

    private Step plan(State state, Snapshot snapshot, int prefill, int decode) {
        var estimate = Estimator.estimate(state.windows());
        if (estimate.requestsPerSecond() <= 0) {
            return hold(state, prefill, decode, Reason.IDLE, "No requests in the last windows.");
        }
        var calibrated =
                laws.scaled(state.calibration().prefillScale(), state.calibration().decodeScale());
        var capacity = new Capacity(spec, calibrated, estimate);
        var demand = demand(estimate, snapshot);
        var plan = Planner.solve(spec, capacity, demand, new Planner.Pair(prefill, decode));
        double served =
                demand.servedBy(
                        capacity.prefillRequestsPerSecond(prefill),
                        capacity.decodeRequestsPerSecond(decode),
                        capacity.transferRequestsPerSecond(prefill, decode));
        return new Choice(spec, state, snapshot, estimate, demand, plan, served, prefill, decode)
                .step(allowance());
    }

    /// Forecast (last value) with margin, the spread that bursts add within one lead time, and the
    /// backlog over the time it may take to clear.
    private Demand demand(WorkloadEstimate estimate, Snapshot snapshot) {
        double rate = estimate.requestsPerSecond();
        double horizon = Math.max(60, spec.leadTimeSeconds());
        double spread =
                Math.min(0.5 * rate, StrictMath.sqrt(estimate.dispersion() * rate / horizon));
        double base = rate * (1 + spec.tuning().demandMargin()) + spread;
        double usual = rate * spec.slo().ttftSeconds();
        double prefillBacklog = Math.max(0, estimate.prefillBacklogRequests() - usual);
        double decodeBacklog = Math.max(0, estimate.decodeBacklogRequests() - usual);
        double running = Math.max(1, snapshot.decode().runningRequests().orElse(0));
        // Under pull, a starved decode holds prefill's KV: that queue is decode's to clear.
        boolean decodeStarved = estimate.decodeBacklogRequests() > 0.1 * running;
        double forPrefill = decodeStarved ? 0 : prefillBacklog;
        return new Demand(
                base + forPrefill / horizon,
                base + (decodeBacklog + (decodeStarved ? prefillBacklog : 0)) / horizon);
    }

    /// The plan that a state would ask for, without deciding; for reports.
    public Plan target(State state, Snapshot snapshot, int prefill, int decode) {
        var estimate = Estimator.estimate(state.windows());
        var capacity = new Capacity(spec, laws, estimate);
        return Planner.solve(
                spec, capacity, demand(estimate, snapshot), new Planner.Pair(prefill, decode));
    }
}
