package dev.ratematch.controller.core;

import dev.ratematch.controller.guard.Verdict;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Switches;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that one cycle saw, found and concluded. Journal, metrics, status, events, replies and
/// consoles are renderings of this one value; none of them works anything out.
///
/// @param spec of the service that was decided for
/// @param snapshot the readings, with their ages
/// @param conduct what becomes of the counts
/// @param interlock what kept the fleet from changing, whatever the plan said
/// @param now replicas commanded when the cycle began
/// @param verdicts what the guards said, in the order in which they were asked; where one held the
///   fleet it is the last
/// @param decision what was concluded
/// @param told the counts to command or to tell now: of advice, a growth waits while what was told
///   before could still break the budget
/// @param open the move under way; a recommended one that nobody has begun is none
/// @param explanation why
public record Cycle(
        ServiceSpec spec,
        Snapshot snapshot,
        Conduct conduct,
        @Nullable Interlock interlock,
        Counts now,
        List<Verdict> verdicts,
        Decision decision,
        Counts told,
        @Nullable Move open,
        Explanation explanation) {

    public Cycle {
        verdicts = List.copyOf(verdicts);
    }

    /// Where the decision leads: the end of its move, else the counts themselves; null where they
    /// are unknown.
    public @Nullable Sizes end() {
        var move = explanation.move();
        return move == null ? decision.counts().sizes() : move.to();
    }

    /// Whether it could tell what is right, and knows the counts.
    public boolean tells() {
        return decision.reason().tells() && told.sizes() != null;
    }

    /// Of the counts to command now, the replicas that come to them from the other role.
    public Switches switches() {
        var before = now.sizes();
        var next = told.sizes();
        return before == null || next == null
                ? Switches.NONE
                : Switches.between(spec, before, next);
    }

    /// The promises that are measured to be broken.
    public List<Breach> breaches() {
        return Breach.of(spec.slo(), snapshot);
    }

    /// Whether the counts are commanded.
    public boolean acts() {
        return conduct == Conduct.CONTROL;
    }
}
