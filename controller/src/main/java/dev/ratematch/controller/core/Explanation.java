package dev.ratematch.controller.core;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Plan;
import org.jspecify.annotations.Nullable;

/// Why a cycle concluded what it did, as data. Journal line, status, metric and console are
/// renderings of this one value; stages that were not reached are absent.
///
/// @param text one sentence for people
public record Explanation(
        String text,
        @Nullable WorkloadEstimate estimate,
        @Nullable Demand demand,
        @Nullable Plan plan,
        double currentServedShare,
        @Nullable Move move,
        Calibration calibration) {

    static Explanation of(String text, State state) {
        return new Explanation(text, null, null, null, 0, state.move(), state.calibration());
    }
}
