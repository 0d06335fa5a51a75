package dev.ratematch.controller.replay;

import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import java.util.List;

/// The cycles after one service line: what they are decided by and go on from.
final class Chain {

    private final Service service;
    private final ControlLoop loop;
    private long cycle;

    Chain(Service service, State from) {
        this.service = service;
        this.loop = ControlLoop.of(service, from, null, Journal.NONE);
    }

    Service service() {
        return service;
    }

    /// Number of the last cycle since the service line; zero before the first.
    long cycle() {
        return cycle;
    }

    /// Decides the next one again.
    JournalEntry next(Snapshot snapshot, Orders orders, List<String> commandErrors) {
        cycle++;
        return new JournalEntry(loop.decide(snapshot, orders), commandErrors, loop.state());
    }
}
