package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.ledger.LiveLedger;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.publish.CycleMetrics;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.service.Service;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import dev.ratematch.k8s.operator.SessionState.Foreign;
import io.micrometer.core.instrument.Timer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes the cycles of one RateMatcher down: its status before the first target is touched, so
/// that whoever starts next finds the open move; errors, events, recommendation and metrics after.
final class Scribe implements Journal {

    private final Chronicle chronicle;
    private final Recommendations recommendations;
    private final CycleMetrics cycles;
    private final Journals journals;
    private final LiveLedger ledger = new LiveLedger();
    private @Nullable Occasion occasion;
    private @Nullable Report report;

    /// What a cycle is run for.
    ///
    /// @param before what the cycle goes on from
    /// @param auto whether the spec asks for decisions to be carried out
    /// @param refusal why they are not, in mode Auto
    /// @param foreign counts that somebody else set and that are still respected
    /// @param contender what is said of younger RateMatchers that are refused; null for none
    /// @param began when the look did
    record Occasion(
            RateMatcher matcher,
            Service service,
            State before,
            Resolved resolved,
            boolean auto,
            @Nullable Refusal refusal,
            Map<Role, Foreign> foreign,
            @Nullable String contender,
            Instant at,
            Timer.Sample began) {}

    Scribe(
            Chronicle chronicle,
            Recommendations recommendations,
            CycleMetrics cycles,
            Journals journals) {
        this.journals = journals;
        this.chronicle = chronicle;
        this.recommendations = recommendations;
        this.cycles = cycles;
    }

    /// Says what the next cycle is run for.
    void expect(Occasion next) {
        occasion = next;
    }

    @Override
    public void decided(Cycle cycle, State next) {
        var at = Objects.requireNonNull(occasion, "expect first");
        report =
                new Report(
                        at.matcher().getMetadata().getGeneration(),
                        at.resolved(),
                        cycle,
                        at.auto(),
                        at.refusal(),
                        List.of(),
                        ledger.cycle(at.service(), cycle),
                        Holds.with(chronicle.memory(at.service(), next, at.at()), at.foreign()),
                        at.contender());
        save(at, report);
    }

    @Override
    public void append(JournalEntry entry) {
        var at = Objects.requireNonNull(occasion, "expect first");
        var said = Objects.requireNonNull(report, "decided first");
        var errors = entry.commandErrors();
        if (!errors.isEmpty()) {
            chronicle.say(at.matcher(), true, "CommandFailed", errors.getFirst());
            save(at, said.with(errors));
        }
        tell(at.matcher(), entry.cycle());
        var of = at.matcher().getMetadata();
        journals.cycle(of.getNamespace(), of.getName(), at.service(), at.before(), entry);
        recommendations.conclude(of.getNamespace(), of.getName(), entry.cycle(), at.at());
        cycles.conclude(of.getNamespace(), of.getName(), entry.cycle(), said.record(), at.began());
    }

    private void save(Occasion at, Report next) {
        chronicle.save(at.matcher(), StatusText.of(next, chronicle.written()), at.at());
    }

    private void tell(RateMatcher matcher, Cycle cycle) {
        var decision = cycle.decision();
        String text = cycle.explanation().text();
        if (decision instanceof Decision.Resize) {
            String verb = cycle.acts() ? "" : "Recommended: ";
            chronicle.say(
                    matcher,
                    decision.reason() == Reason.COMPENSATING,
                    StatusText.camel(decision.reason().name()),
                    verb + text);
        } else if (decision.reason() == Reason.CONFLICT) {
            chronicle.say(matcher, true, "Conflict", text);
        }
    }
}
