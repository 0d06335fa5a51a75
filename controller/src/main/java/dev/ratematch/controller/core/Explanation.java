package dev.ratematch.controller.core;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Plan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why a cycle concluded what it did, as data; stages that were not reached are absent.
///
/// @param text one sentence for people
/// @param estimate of the traffic, wherever this cycle saw any
/// @param demand what the pools are asked for, margin and backlog included
/// @param plan the best pair; absent where no plan was made
/// @param servedShare of the demand that the commanded fleet carries, at most 1; absent where no
///   plan was made
/// @param limiting what keeps the commanded fleet from more, or the best fleet where even that
///   falls short
/// @param candidates pairs that mattered to the decision
/// @param move the move that is under way or proposed
/// @param assessment what the decision's model makes of the pools, wherever this cycle saw traffic
///   for it; where no plan was made, its end is where the open move leads
public record Explanation(
        String text,
        @Nullable WorkloadEstimate estimate,
        @Nullable Demand demand,
        @Nullable Plan plan,
        @Nullable Double servedShare,
        Plan.Limit limiting,
        List<Candidate> candidates,
        @Nullable Move move,
        Calibration calibration,
        @Nullable Assessment assessment) {

    /// A pair that was weighed, and its price.
    ///
    /// @param as what it stands for
    /// @param gpus that it holds
    /// @param servedShare of the demand, margin included, at most 1
    /// @param servedBareShare of what is really asked now, at most 1
    public record Candidate(
            As as, Sizes pair, int gpus, double servedShare, double servedBareShare) {}

    /// What a pair was weighed as.
    public enum As {
        /// What is commanded.
        NOW,
        /// What is worth most over what may come.
        PLAN,
        /// What the guards were asked for.
        PROPOSAL
    }

    public Explanation {
        candidates = List.copyOf(candidates);
    }

    /// Whether step times are corrected by what was seen here.
    public boolean calibrated() {
        return calibration.prefill().scale() != 1 || calibration.decode().scale() != 1;
    }
}
