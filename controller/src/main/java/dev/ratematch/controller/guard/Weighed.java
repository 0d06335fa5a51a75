package dev.ratematch.controller.guard;

import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.move.Pledge;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the guards after the plan look at.
///
/// @param plan what is worth most over what may come
/// @param now replicas commanded at present
/// @param pledge of the last move, where one was begun against something broken
/// @param proposal the change that the plan suggests; null for none
public record Weighed(
        Snapshot snapshot,
        List<Window> windows,
        Outlook outlook,
        Plan plan,
        Sizes now,
        Pace pace,
        @Nullable Pledge pledge,
        @Nullable Proposal proposal) {

    ServiceSpec spec() {
        return outlook.spec();
    }

    boolean matched() {
        return proposal == null && plan.sizes().equals(now);
    }

    boolean shrinks() {
        return proposal != null && proposal.reason() == Reason.SHRINK;
    }

    /// GPUs that the fleet must hold at least: it is not grown to them, only never shrunk below.
    int leastGpus() {
        return Math.min(spec().minBudgetGpus(), spec().gpus(now));
    }

    /// Whether all of what the plan suggests is kept back by a rule of its own, which says so.
    boolean bounded() {
        return proposal != null
                && proposal.to().equals(now)
                && (!proposal.allowance().allows(proposal.wanted())
                        || spec().gpus(proposal.wanted()) < leastGpus());
    }

    /// How long ago something was, seconds.
    double since(double atSeconds) {
        return snapshot.atSeconds() - atSeconds;
    }
}
