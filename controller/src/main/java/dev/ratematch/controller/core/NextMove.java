package dev.ratematch.controller.core;

import dev.ratematch.controller.core.Explanation.As;
import dev.ratematch.controller.core.Explanation.Candidate;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Sizes;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The change that a cycle makes or would make next: under way, beginning, or held back.
///
/// @param from replicas that are commanded
/// @param to replicas at its end
/// @param gain in served share of the demand, margin included; absent where this cycle did not
///   weigh both pairs
/// @param gpus that it holds more in the end; below zero for fewer
/// @param heldBy why it is not made; absent where it is
public record NextMove(
        Sizes from, Sizes to, @Nullable Double gain, int gpus, @Nullable Reason heldBy) {

    /// Of a cycle; null where nothing better is known than to stay.
    public static @Nullable NextMove of(Cycle cycle) {
        var from = cycle.now().sizes();
        var to = to(cycle.explanation());
        if (from == null || to == null || to.equals(from)) {
            return null;
        }
        var before = served(cycle.explanation(), from);
        var after = served(cycle.explanation(), to);
        var decision = cycle.decision();
        return new NextMove(
                from,
                to,
                before == null || after == null ? null : after - before,
                cycle.spec().gpus(to) - cycle.spec().gpus(from),
                decision instanceof Decision.Hold ? decision.reason() : null);
    }

    /// Where the move leads; where there is none, what the guards were asked for; where nothing was
    /// worth asking, the plan.
    private static @Nullable Sizes to(Explanation why) {
        if (why.move() != null) {
            return why.move().to();
        }
        return why.candidates().stream()
                .filter(candidate -> candidate.as() == As.PROPOSAL)
                .map(Candidate::pair)
                .findFirst()
                .orElse(why.plan() == null ? null : why.plan().sizes());
    }

    private static @Nullable Double served(Explanation why, Sizes pair) {
        var weighed =
                why.candidates().stream()
                        .filter(candidate -> candidate.pair().equals(pair))
                        .map(Candidate::servedShare);
        var assessed = why.assessment();
        var forecast =
                assessed == null
                        ? Stream.<Double>empty()
                        : Stream.of(assessed.now(), assessed.end())
                                .filter(each -> each.pair().equals(pair))
                                .map(Forecast::servedShare);
        return Stream.concat(weighed, forecast).findFirst().orElse(null);
    }
}
