package dev.ratematch.controller.core;

import dev.ratematch.controller.guard.Verdict;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// From the outcome of a cycle to what is remembered of it and what is shown.
record Conclusion(
        ServiceSpec spec,
        Sight sight,
        Conduct conduct,
        @Nullable Interlock interlock,
        List<Verdict> verdicts) {

    /// @param before the state that the cycle went on from
    Step of(State before, Outcome outcome) {
        var decision = outcome.decision();
        var concluded = outcome.state().withCommanded(decision.counts());
        var next =
                acts()
                        ? concluded.proposing(null)
                        : Following.after(before, concluded, decision, sight.snapshot());
        var told = decision.counts();
        var sizes = told.sizes();
        // Replicas that change their role follow nobody's count, and need no GPU more.
        boolean followed = conduct == Conduct.ADVICE && !spec.switching().possible();
        if (followed && sizes != null) {
            var admitted = next.told().admit(spec, sight.snapshot(), sizes);
            next = next.telling(admitted.next());
            told = Counts.of(admitted.sizes());
        }
        next =
                next.withRecent(
                        next.recent()
                                .changed(
                                        sight.snapshot().atSeconds(),
                                        before.commanded(),
                                        next.commanded()));
        var cycle =
                new Cycle(
                        spec,
                        sight.snapshot(),
                        conduct,
                        interlock,
                        sight.now(),
                        verdicts,
                        decision,
                        told,
                        next.move(),
                        explanation(outcome, concluded.move()));
        return new Step(next, cycle);
    }

    private boolean acts() {
        return conduct == Conduct.CONTROL;
    }

    private Explanation explanation(Outcome outcome, @Nullable Move move) {
        var outlook = sight.outlook();
        var plan = outcome.plan();
        var now = sight.now().sizes();
        var calibration = outcome.state().calibration();
        Double served = null;
        var limiting = Plan.Limit.NONE;
        if (outlook != null && plan != null && now != null) {
            served = outlook.served(now);
            limiting = limiting(outlook, plan, now);
        }
        return new Explanation(
                outcome.text(),
                outlook == null ? null : outlook.estimate(),
                outlook == null ? null : outlook.demand(),
                plan,
                served,
                limiting,
                outcome.candidates(),
                move,
                calibration,
                outlook == null || now == null ? null : assessment(outlook, now, outcome, move));
    }

    private static Plan.Limit limiting(Outlook outlook, Plan plan, Sizes now) {
        return plan.limiting() == Plan.Limit.NONE
                ? Planner.limitingNow(outlook.capacity(), outlook.demand(), now)
                : plan.limiting();
    }

    private @Nullable Assessment assessment(
            Outlook outlook, Sizes now, Outcome outcome, @Nullable Move move) {
        boolean locked = interlock != null && outcome.decision().reason() == interlock.reason();
        var end = move == null || locked ? now : move.to();
        return new Assessor(outlook)
                .assess(now, end, sight.snapshot(), outcome.state().calibration());
    }
}
