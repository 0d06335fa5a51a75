package dev.ratematch.controller.advice;

import dev.ratematch.controller.core.Assessment;
import dev.ratematch.controller.core.Confidence;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import org.jspecify.annotations.Nullable;

/// One cycle of advice.
///
/// @param now the counts to set now; negative where they were never known
/// @param open the move that is seen to be under way
public record Round(Service service, Snapshot snapshot, Step step, Sizes now, @Nullable Move open) {

    /// Whether this is an answer.
    public boolean tells() {
        return step.decision().reason().tells() && now.prefill() >= 0 && now.decode() >= 0;
    }

    /// Whether the counts should change.
    public boolean changes() {
        return !step.end().equals(commanded()) || !now.equals(commanded());
    }

    /// What the model makes of it; absent where the cycle made no plan.
    public @Nullable Assessment assessment() {
        var why = step.explanation();
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
                : assessed.confidence().less("the step times lean on what nobody measured");
    }

    /// The counts as they are.
    public Sizes commanded() {
        return new Sizes(
                (int) snapshot.prefill().desired().orElse(now.prefill()),
                (int) snapshot.decode().desired().orElse(now.decode()));
    }
}
