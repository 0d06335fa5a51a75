package dev.ratematch.controller.core;

import dev.ratematch.controller.core.Decision.Hold;
import dev.ratematch.controller.core.Explanation.Candidate;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Plan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the law comes to, before host and followers are asked.
///
/// @param text one sentence for people
/// @param plan the best pair; null where no plan was made
/// @param candidates pairs that mattered
record Outcome(
        State state,
        Decision decision,
        String text,
        @Nullable Plan plan,
        List<Candidate> candidates) {

    Outcome(State state, Decision decision, String text) {
        this(state, decision, text, null, List.of());
    }

    static Outcome hold(State state, Counts now, Reason reason, String text) {
        return new Outcome(state, new Hold(now, reason), text);
    }

    /// The same found, and the fleet as it is: the host stands in the way. What would be done
    /// without that is said, but not where the host does not believe the figures behind it.
    ///
    /// @param end where that would lead, which is not where its first stage does
    Outcome held(State kept, Counts now, Interlock interlock, Sizes end, Reason instead) {
        String text =
                interlock.reason().tells()
                        ? "%s Without that: %s (%s)."
                                .formatted(interlock.text(), end.ratio(), instead.sentence())
                        : interlock.text();
        return new Outcome(kept, new Hold(now, interlock.reason()), text, plan, candidates);
    }
}
