package dev.ratematch.controller.recommend;

import dev.ratematch.controller.advice.Round;
import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Advice cycle after cycle, by the operator's own loop. Confined to one thread.
public final class Recommender {

    private final Service service;
    private final List<String> guesses;
    private final ControlLoop loop;

    /// On a service, from nothing known.
    public Recommender(Service service, Journal journal) {
        this(service, List.of(), journal);
    }

    /// On a service of which a part was guessed.
    ///
    /// @param guesses what was guessed, by what; a note in each answer
    Recommender(Service service, List<String> guesses, Journal journal) {
        this.service = service;
        this.guesses = guesses;
        this.loop = ControlLoop.of(service, State.INITIAL, null, journal);
    }

    /// A look at the past: everything is learnt from it, and nobody is told.
    public void remember(Snapshot snapshot) {
        loop.decide(snapshot, Orders.BACKFILL);
    }

    /// One cycle, whose counts somebody may follow.
    ///
    /// @param objection why this must not be advised on; null for nothing
    public Round advise(Snapshot snapshot, @Nullable Interlock objection) {
        return new Round(service, loop.decide(noted(snapshot, objection), advice(objection)));
    }

    /// One cycle, unless a look found nothing new since the one before, so that its answer stands.
    public Optional<Round> news(Snapshot snapshot, @Nullable Interlock objection) {
        return loop.news(noted(snapshot, objection), advice(objection), Arrays.asList(objection))
                .map(cycle -> new Round(service, cycle));
    }

    /// Where the cycle holds for a reason of its own, the objection is still the first thing to
    /// mend.
    private Snapshot noted(Snapshot snapshot, @Nullable Interlock objection) {
        var seen = snapshot.warned(guesses);
        return objection == null ? seen : seen.warned(List.of(objection.text()));
    }

    private static Orders advice(@Nullable Interlock objection) {
        return new Orders(Conduct.ADVICE, objection);
    }

    /// What is advised on.
    Service service() {
        return service;
    }
}
