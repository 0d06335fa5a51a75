package dev.ratematch.controller.advice;

import dev.ratematch.controller.core.Assessment;
import dev.ratematch.controller.core.Confidence;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import org.jspecify.annotations.Nullable;

/// One cycle of advice.
public record Round(Service service, Cycle cycle) {

    /// What was seen.
    public Snapshot snapshot() {
        return cycle.snapshot();
    }

    /// Whether this is an answer.
    public boolean tells() {
        return cycle.tells();
    }

    /// Whether the counts should change.
    public boolean changes() {
        var now = cycle.now().sizes();
        return now != null && (!now.equals(cycle.end()) || !cycle.now().equals(cycle.told()));
    }

    /// What the model makes of it; absent where the cycle made no plan.
    public @Nullable Assessment assessment() {
        var why = cycle.explanation();
        return why.plan() == null ? null : why.assessment();
    }

    /// How far it can be trusted.
    public Confidence confidence() {
        var assessed = assessment();
        if (assessed == null) {
            return Confidence.none("no plan was reached");
        }
        return service.warnings().isEmpty()
                ? assessed.confidence()
                : assessed.confidence()
                        .less("step times are extrapolated beyond what was measured");
    }
}
