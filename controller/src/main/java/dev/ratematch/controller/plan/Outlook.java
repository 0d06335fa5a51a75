package dev.ratematch.controller.plan;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.prospect.Prospect;
import dev.ratematch.controller.spec.ServiceSpec;
import org.jspecify.annotations.Nullable;

/// What traffic is expected, what it asks of the pools and what pools of each size carry. Worked
/// out once in a cycle; decision, open move and what is shown all rest on it.
///
/// @param capacity what pools carry, with a margin for what is not yet known of the engines
/// @param expected the same without that margin: what is most likely to be seen
/// @param demand what is planned for, margin and backlog included
/// @param bare what is really asked now: backlog included, without margin
/// @param usualQueue requests that may wait while the promise is kept
/// @param prospect what pairs are worth over what may come
public record Outlook(
        ServiceSpec spec,
        WorkloadEstimate estimate,
        Capacity capacity,
        Capacity expected,
        Demand demand,
        Demand bare,
        double usualQueue,
        Prospect prospect) {

    /// Shares closer than this are the same to a capacity found by bisection.
    public static final double SAME_SHARE = 1e-6;

    /// The pair that is worth most over what may come, and what it carries of the demand.
    public Plan plan() {
        return Planner.describe(spec, capacity, prospect.best(), demand);
    }

    /// Share of the demand that a pair carries, at most 1.
    public double served(Sizes pair) {
        return Planner.servedShare(capacity, demand, pair);
    }

    /// Share of what is really asked that a pair carries, at most 1.
    public double servedBare(Sizes pair) {
        return Planner.servedShare(capacity, bare, pair);
    }

    /// Whether a pair carries all that is really asked.
    public boolean carries(Sizes pair) {
        return servedBare(pair) >= 1 - SAME_SHARE;
    }

    /// Whether more waits than the promise lets wait.
    public boolean queued() {
        return holdingUp() != null;
    }

    /// The role that more waits for than the promise lets wait; null for none. Under pull, a
    /// starved decode holds prefill's KV: then it is decode that both wait for.
    public @Nullable Role holdingUp() {
        if (estimate.decodeBacklogRequests() > usualQueue) {
            return Role.DECODE;
        }
        return estimate.prefillBacklogRequests() > usualQueue ? Role.PREFILL : null;
    }
}
