package dev.ratematch.controller.sample;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.Explanation;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Snapshot;
import org.jspecify.annotations.Nullable;

/// Cycles that came out otherwise than they did.
public final class Cycles {

    private Cycles() {}

    /// With another end.
    public static Cycle with(Cycle cycle, Decision decision, Counts told, String text) {
        var why = cycle.explanation();
        return of(
                cycle,
                decision,
                told,
                cycle.open(),
                new Explanation(
                        text,
                        why.estimate(),
                        why.demand(),
                        why.plan(),
                        why.servedShare(),
                        why.limiting(),
                        why.candidates(),
                        why.move(),
                        why.calibration(),
                        why.assessment()));
    }

    /// With another open move.
    public static Cycle open(Cycle cycle, @Nullable Move open) {
        return of(cycle, cycle.decision(), cycle.told(), open, cycle.explanation());
    }

    /// Of another look.
    public static Cycle seeing(Cycle cycle, Snapshot snapshot) {
        return of(
                cycle, snapshot, cycle.decision(), cycle.told(), cycle.open(), cycle.explanation());
    }

    private static Cycle of(
            Cycle cycle,
            Decision decision,
            Counts told,
            @Nullable Move open,
            Explanation explanation) {
        return of(cycle, cycle.snapshot(), decision, told, open, explanation);
    }

    private static Cycle of(
            Cycle cycle,
            Snapshot snapshot,
            Decision decision,
            Counts told,
            @Nullable Move open,
            Explanation explanation) {
        return new Cycle(
                cycle.spec(),
                snapshot,
                cycle.conduct(),
                cycle.interlock(),
                cycle.now(),
                cycle.verdicts(),
                decision,
                told,
                open,
                explanation);
    }
}
