package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.ledger.LiveLedger;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.publish.CycleBoard;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.service.Service;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import dev.ratematch.k8s.operator.SessionState.Foreign;
import io.micrometer.core.instrument.Timer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the cycles of one RateMatcher down: its status before the first target is touched, so
/// that whoever starts next finds the open move; errors, events, recommendation and metrics after.
final class Scribe implements Journal {

    private static final Logger LOG = LoggerFactory.getLogger(Scribe.class);

    /// Looks that it may take until two scrapes are there.
    private static final int FIRST_LOOKS = 3;

    private final Chronicle chronicle;
    private final Recommendations recommendations;
    private final CycleBoard cycles;
    private final Journals journals;
    private final LiveLedger ledger = new LiveLedger();
    private @Nullable Occasion occasion;
    private @Nullable Report report;
    private @Nullable RateMatcherStatus before;
    private List<String> failures = List.of();
    private int looks;

    /// What a cycle is run for.
    ///
    /// @param before what the cycle goes on from
    /// @param auto whether the spec asks for decisions to be carried out
    /// @param refusal why they are not, in mode Auto
    /// @param foreign counts that somebody else set and that are still respected
    /// @param contender what is said of younger RateMatchers that are refused; null for none
    /// @param troubles pods that do not serve
    /// @param shared what is shown of workers that switch roles; null where each role has a target
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
            List<Trouble> troubles,
            @Nullable SharedTarget shared,
            Instant at,
            Timer.Sample began) {}

    Scribe(
            Chronicle chronicle,
            Recommendations recommendations,
            CycleBoard cycles,
            Journals journals) {
        this.journals = journals;
        this.chronicle = chronicle;
        this.recommendations = recommendations;
        this.cycles = cycles;
    }

    /// Says what the next cycle is run for.
    void expect(Occasion next) {
        var last = occasion;
        if (last == null || last.auto() != next.auto()) {
            var of = next.matcher().getMetadata();
            LOG.info(
                    "{}/{}: mode {}",
                    of.getNamespace(),
                    of.getName(),
                    next.auto()
                            ? "Auto, decisions are carried out"
                            : "Recommend, nothing is written to the targets");
        }
        occasion = next;
    }

    @Override
    public void decided(Cycle cycle, State next) {
        var at = Objects.requireNonNull(occasion, "expect first");
        before = chronicle.written();
        var said =
                new Report(
                        at.matcher().getMetadata().getGeneration(),
                        at.resolved(),
                        cycle,
                        at.auto(),
                        at.refusal(),
                        // What failed last stands until it has been tried again.
                        failures,
                        at.troubles(),
                        looks++ < FIRST_LOOKS,
                        ledger.cycle(at.service(), cycle),
                        at.contender(),
                        at.shared());
        report = said;
        chronicle.remember(at.matcher(), at.service(), next, at.foreign(), at.at());
        save(at, said);
    }

    @Override
    public void append(JournalEntry entry) {
        var at = Objects.requireNonNull(occasion, "expect first");
        var said = Objects.requireNonNull(report, "decided first").with(entry.commandErrors());
        if (!failures.equals(said.errors())) {
            failures = said.errors();
            save(at, said);
        }
        chronicle.tell(at.matcher(), before, entry.cycle());
        var of = at.matcher().getMetadata();
        journals.cycle(of.getNamespace(), of.getName(), at.service(), at.before(), entry);
        recommendations.conclude(of.getNamespace(), of.getName(), entry.cycle(), at.at());
        cycles.conclude(
                of.getNamespace(),
                of.getName(),
                at.service(),
                entry.cycle(),
                said.record(),
                at.began());
    }

    private void save(Occasion at, Report next) {
        chronicle.save(at.matcher(), StatusText.of(next, chronicle.written()), at.at());
    }
}
