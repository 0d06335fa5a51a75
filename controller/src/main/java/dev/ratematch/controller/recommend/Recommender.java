package dev.ratematch.controller.recommend;

import dev.ratematch.controller.advice.Round;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import java.util.List;
import java.util.Optional;

/// Advice cycle after cycle, by the operator's own loop. Confined to one thread.
public final class Recommender {

    private final Service service;
    private final ControlLoop loop;

    /// On a service, from nothing known.
    public Recommender(Service service, Journal journal) {
        this.service = service;
        this.loop = ControlLoop.of(service, State.INITIAL, null, journal);
    }

    /// A look at the past: everything is learnt from it, and nobody is told.
    public void remember(Snapshot snapshot) {
        loop.decide(snapshot, Orders.BACKFILL);
    }

    /// One cycle, whose counts somebody may follow.
    public Round advise(Snapshot snapshot) {
        return new Round(service, loop.decide(snapshot, Orders.ADVICE));
    }

    /// One cycle, unless a look found nothing new since the one before, so that its answer stands.
    public Optional<Round> news(Snapshot snapshot) {
        return loop.news(snapshot, Orders.ADVICE, List.of())
                .map(cycle -> new Round(service, cycle));
    }
}
