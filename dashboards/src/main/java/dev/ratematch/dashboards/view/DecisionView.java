package dev.ratematch.dashboards.view;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.Explanation.Candidate;
import dev.ratematch.controller.guard.Figure;
import dev.ratematch.controller.guard.Verdict;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.dashboards.view.ModelView.ForecastView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A decision, and the cycles after it that came to the same.
///
/// @param number names it in addresses
/// @param atSeconds of the first cycle that came to it
/// @param untilSeconds of the last
/// @param cycles that came to it
/// @param changes whether counts were commanded or told anew
/// @param from replicas commanded when it was made
/// @param to where it leads
/// @param candidates pairs that were weighed
/// @param checks what the guards said; of what changes nothing, only the one that held it
/// @param promised what the model says of the end; null where nothing was forecast
/// @param effect what came of it; null while that was not measured
public record DecisionView(
        long number,
        double atSeconds,
        double untilSeconds,
        int cycles,
        boolean changes,
        String reason,
        String text,
        @Nullable Pair from,
        @Nullable Pair to,
        List<Weighed> candidates,
        List<Check> checks,
        @Nullable ForecastView promised,
        @Nullable EffectView effect) {

    public DecisionView {
        candidates = List.copyOf(candidates);
        checks = List.copyOf(checks);
    }

    /// A pair and what it would carry.
    ///
    /// @param as now, plan or proposal
    /// @param servedShare of what is planned for, at most 1
    /// @param servedBareShare of what is asked now, without margin, at most 1
    public record Weighed(
            String as, @Nullable Pair pair, double servedShare, double servedBareShare) {

        static Weighed of(ServiceSpec spec, Candidate candidate) {
            return new Weighed(
                    candidate.as().name().toLowerCase(Locale.ROOT),
                    Pair.of(spec, candidate.pair()),
                    candidate.servedShare(),
                    candidate.servedBareShare());
        }
    }

    /// What one guard said.
    public record Check(String guard, boolean holds, String text, List<Figure> figures) {

        public Check {
            figures = List.copyOf(figures);
        }

        static Check of(Verdict verdict) {
            // JSON has no infinity.
            var figures =
                    verdict.figures().stream().filter(f -> Double.isFinite(f.value())).toList();
            return new Check(verdict.guard().name(), verdict.holds(), verdict.text(), figures);
        }
    }

    /// A cycle that came to something else than the one before it.
    static DecisionView of(Seen seen) {
        var cycle = seen.cycle();
        var spec = cycle.spec();
        var why = cycle.explanation();
        boolean changes = changes(cycle);
        var found = why.assessment();
        boolean forecast = found != null && found.end().pair().equals(cycle.end());
        return new DecisionView(
                seen.sequence(),
                seen.atSeconds(),
                seen.atSeconds(),
                1,
                changes,
                cycle.decision().reason().name(),
                why.text(),
                Pair.of(spec, cycle.now().sizes()),
                Pair.of(spec, cycle.end()),
                why.candidates().stream().map(each -> Weighed.of(spec, each)).toList(),
                cycle.verdicts().stream()
                        .filter(verdict -> changes || verdict.holds())
                        .map(Check::of)
                        .toList(),
                forecast && found != null ? ForecastView.of(spec, found.end()) : null,
                null);
    }

    private static boolean changes(Cycle cycle) {
        return cycle.decision() instanceof Decision.Resize;
    }

    /// Whether a cycle comes to the same.
    boolean isAlso(Cycle cycle) {
        return changes == changes(cycle)
                && reason.equals(cycle.decision().reason().name())
                && Objects.equals(to, Pair.of(cycle.spec(), cycle.end()));
    }

    /// One cycle more came to it.
    DecisionView again(double atSeconds) {
        return new DecisionView(
                number,
                this.atSeconds,
                atSeconds,
                cycles + 1,
                changes,
                reason,
                text,
                from,
                to,
                candidates,
                checks,
                promised,
                effect);
    }

    /// The same with what came of it.
    DecisionView with(EffectView measured) {
        return new DecisionView(
                number,
                atSeconds,
                untilSeconds,
                cycles,
                changes,
                reason,
                text,
                from,
                to,
                candidates,
                checks,
                promised,
                measured);
    }

    /// Every decision of a list, newest first, without what only its own page shows.
    public static List<DecisionView> brief(List<DecisionView> all) {
        var brief = new ArrayList<DecisionView>();
        for (var each : all.reversed()) {
            brief.add(
                    new DecisionView(
                            each.number,
                            each.atSeconds,
                            each.untilSeconds,
                            each.cycles,
                            each.changes,
                            each.reason,
                            each.text,
                            each.from,
                            each.to,
                            List.of(),
                            List.of(),
                            each.promised,
                            each.effect));
        }
        return brief;
    }
}
