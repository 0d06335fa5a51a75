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
/// @param currentServedShare share of the demand that the commanded fleet carries, at most 1
/// @param limiting what keeps the commanded fleet from more, or the best fleet where even that
///   falls short
/// @param assessment what the decision's model makes of the pools, wherever this cycle saw traffic
///   for it; where no plan was made, its end is where the open move leads
public record Explanation(
        String text,
        @Nullable WorkloadEstimate estimate,
        @Nullable Demand demand,
        @Nullable Plan plan,
        double currentServedShare,
        Plan.Limit limiting,
        @Nullable Move move,
        Calibration calibration,
        @Nullable Assessment assessment) {

    static Explanation of(String text, State state) {
        return new Explanation(
                text,
                null,
                null,
                null,
                0,
                Plan.Limit.NONE,
                state.move(),
                state.calibration(),
                null);
    }

    /// The same reasons with another sentence and move: what was found stands, what was decided
    /// does not.
    Explanation held(String sentence, @Nullable Move frozen) {
        return new Explanation(
                sentence,
                estimate,
                demand,
                plan,
                currentServedShare,
                limiting,
                frozen,
                calibration,
                assessment == null ? null : assessment.staying());
    }

    /// The same reasons with what the pools are found to carry.
    Explanation assessed(@Nullable Assessment found) {
        return new Explanation(
                text,
                estimate,
                demand,
                plan,
                currentServedShare,
                limiting,
                move,
                calibration,
                found);
    }

    /// Whether step times are corrected by what was seen here.
    public boolean calibrated() {
        return calibration.prefill().scale() != 1 || calibration.decode().scale() != 1;
    }
}
