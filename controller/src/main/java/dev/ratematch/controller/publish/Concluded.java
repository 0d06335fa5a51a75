package dev.ratematch.controller.publish;

import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import org.jspecify.annotations.Nullable;

/// One cycle of one service, with what is needed to make its figures.
///
/// @param open the move under way; a recommended one that nobody has begun is none
/// @param acts whether the host carries the decision out
public record Concluded(
        ServiceSpec spec, Snapshot snapshot, Step step, @Nullable Move open, boolean acts) {

    /// The counts in force; negative where they were never known.
    Sizes commanded() {
        return new Sizes(commanded(Role.PREFILL), commanded(Role.DECODE));
    }

    private int commanded(Role role) {
        var decision = step.decision();
        int decided = role == Role.PREFILL ? decision.prefill() : decision.decode();
        return (int) snapshot.pool(role).desired().orElse(decided);
    }
}
