package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Decision.Resize;
import dev.ratematch.controller.guard.AlreadyMatched;
import dev.ratematch.controller.guard.CoolingDown;
import dev.ratematch.controller.guard.FleetInTransition;
import dev.ratematch.controller.guard.FleetUnknown;
import dev.ratematch.controller.guard.GainBelowThreshold;
import dev.ratematch.controller.guard.Gap;
import dev.ratematch.controller.guard.Guard;
import dev.ratematch.controller.guard.Idle;
import dev.ratematch.controller.guard.Ineffective;
import dev.ratematch.controller.guard.Look;
import dev.ratematch.controller.guard.MinimumBudget;
import dev.ratematch.controller.guard.ModelSuspect;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.guard.RemovalUnsafe;
import dev.ratematch.controller.guard.ScaleDownStabilising;
import dev.ratematch.controller.guard.ScalingPolicy;
import dev.ratematch.controller.guard.TelemetryInconsistent;
import dev.ratematch.controller.guard.TelemetryUnknown;
import dev.ratematch.controller.guard.Unreachable;
import dev.ratematch.controller.guard.Verdict;
import dev.ratematch.controller.guard.WarmingUp;
import dev.ratematch.controller.guard.Weighed;
import dev.ratematch.controller.move.Pledge;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The whole controller as one pure function: `step(State, Snapshot, ...) -> Step`. `ControlLoop`
/// calls it, for every host alike.
public final class Controller {

    /// Asked in every cycle.
    private static final List<Guard<Look>> ALWAYS = List.of(new FleetUnknown(), new Gap());

    /// Asked where no move is open and the budget is kept.
    private static final List<Guard<Look>> BEFORE_PLAN =
            List.of(
                    new TelemetryInconsistent(),
                    new TelemetryUnknown(),
                    new WarmingUp(),
                    new Idle());

    /// Asked of what the plan suggests.
    private static final List<Guard<Weighed>> AFTER_PLAN =
            List.of(
                    new FleetInTransition(),
                    new ModelSuspect(),
                    new AlreadyMatched(),
                    new Unreachable(),
                    new GainBelowThreshold(),
                    new ScaleDownStabilising(),
                    new CoolingDown(),
                    new Ineffective(),
                    new ScalingPolicy(),
                    new MinimumBudget(),
                    new RemovalUnsafe());

    private final ServiceSpec spec;
    private final Laws laws;
    private final Moves moves;

    /// A controller of one service, with step times from `laws`.
    public Controller(ServiceSpec spec, Laws laws) {
        this.spec = spec;
        this.laws = laws;
        this.moves = new Moves(spec);
    }

    /// Decides one cycle whose counts are commanded.
    public Step step(State before, Snapshot snapshot) {
        return step(before, snapshot, Conduct.CONTROL, null);
    }

    /// Decides one cycle.
    ///
    /// @param conduct what becomes of its counts
    /// @param interlock of the host, null for none: everything is estimated and learnt as ever, but
    ///   no count changes. An open move stands still, and the time is not held against its
    ///   deadline.
    public Step step(
            State before, Snapshot snapshot, Conduct conduct, @Nullable Interlock interlock) {
        var from = conduct == Conduct.CONTROL ? before : Following.before(before, snapshot);
        var sight = Sight.of(spec, laws, from, snapshot);
        var verdicts = new ArrayList<Verdict>();
        var free = decide(sight, conduct, verdicts);
        var outcome = interlock == null ? free : locked(free, from, sight, interlock);
        return new Conclusion(spec, sight, conduct, interlock, verdicts).of(from, outcome);
    }

    /// The law, in the order in which it is asked; docs/control.md explains it.
    private Outcome decide(Sight sight, Conduct conduct, List<Verdict> verdicts) {
        var stop = ask(ALWAYS, sight.look(), verdicts);
        var now = sight.now().sizes();
        if (stop != null || now == null) {
            return held(sight, sight.state(), stop);
        }
        var open = sight.state().move();
        if (open != null) {
            return moves.advance(sight, conduct, open, now);
        }
        if (spec.gpus(now) > spec.budgetGpus()) {
            boolean blind = ask(BEFORE_PLAN, sight.look(), new ArrayList<>()) != null;
            return moves.trim(sight, now, blind ? null : sight.outlook());
        }
        stop = ask(BEFORE_PLAN, sight.look(), verdicts);
        var outlook = sight.outlook();
        if (stop != null || outlook == null) {
            boolean idle = stop != null && stop.guard() == Reason.IDLE;
            return held(sight, idle ? sight.state().withSmallerSince(null) : sight.state(), stop);
        }
        var effect = moves.effect(sight, outlook);
        if (effect == null) {
            return choose(sight, outlook, now, verdicts);
        }
        verdicts.add(effect);
        var pledge = effect.holds() ? Pledge.withoutEffect(sight.state().pledge()) : null;
        var judged = sight.with(sight.state().pledging(pledge));
        var undone =
                pledge != null && conduct == Conduct.CONTROL
                        ? moves.undo(judged, pledge, now)
                        : null;
        return undone != null ? undone : choose(judged, outlook, now, verdicts);
    }

    private Outcome choose(Sight sight, Outlook outlook, Sizes now, List<Verdict> verdicts) {
        var fitted = moves.fit(sight, outlook, now);
        if (fitted != null) {
            return fitted;
        }
        return Choice.of(sight, outlook, now).decide(weighed -> ask(AFTER_PLAN, weighed, verdicts));
    }

    private static <T> @Nullable Verdict ask(
            List<Guard<T>> guards, T look, List<Verdict> verdicts) {
        for (var guard : guards) {
            var verdict = guard.ask(look);
            verdicts.add(verdict);
            if (verdict.holds()) {
                return verdict;
            }
        }
        return null;
    }

    private static Outcome held(Sight sight, State state, @Nullable Verdict verdict) {
        if (verdict == null) {
            throw new IllegalStateException("guards let pass what cannot be planned for");
        }
        return Outcome.hold(state, sight.now(), verdict.guard(), verdict.text());
    }

    private static Outcome locked(Outcome free, State before, Sight sight, Interlock interlock) {
        if (!(free.decision() instanceof Resize resize)) {
            return free;
        }
        var move = before.move();
        var seen = before.lastSeenSeconds();
        double still = seen == null ? 0 : Math.max(0, sight.snapshot().atSeconds() - seen);
        var frozen = move == null ? null : move.until(move.deadlineSeconds() + still);
        // What was seen stands; what was decided, with its clocks and pledges, does not.
        var wanted = free.state().move();
        return free.held(
                sight.state().withMove(frozen),
                sight.now(),
                interlock,
                wanted == null ? resize.sizes() : wanted.to(),
                resize.reason());
    }
}
