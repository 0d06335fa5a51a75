package dev.ratematch.cli.live;

import dev.ratematch.controller.advice.Round;
import dev.ratematch.controller.core.Advisor;
import dev.ratematch.controller.core.Advisor.Advice;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.host.JournalEntry.Decider;
import dev.ratematch.controller.host.Repetition;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import dev.ratematch.k8s.publish.Outstanding;
import java.util.List;

/// Advice cycle after cycle, on the same decisions as the operator's. Confined to one thread.
final class Recommender {

    private final Service service;
    private final Advisor advisor;
    private final Journal journal;
    private final Repetition repetition = new Repetition();
    private Advice advice = Advice.of(State.INITIAL);
    private Outstanding outstanding = Outstanding.NONE;

    Recommender(Service service, Journal journal) {
        this.service = service;
        this.advisor = new Advisor(new Controller(service.spec(), service.laws()));
        this.journal = journal;
        journal.service(service, State.INITIAL);
    }

    /// A look at the past: everything is learnt from it, and nothing is published.
    void remember(Snapshot snapshot) {
        var advised = advisor.step(advice, snapshot, null);
        advice = advised.advice();
        write(snapshot, advised);
    }

    /// Whether a look found nothing new since the one before, so that its answer stands.
    boolean stands(Snapshot snapshot) {
        return repetition.of(advice.state(), snapshot, List.of());
    }

    /// One cycle, whose counts somebody may follow: a growth waits while what was told before could
    /// still break the budget.
    Round advise(Snapshot snapshot) {
        var advised = advisor.step(advice, snapshot, null);
        advice = advised.advice();
        write(snapshot, advised);
        var step = advised.step();
        var now = new Sizes(step.decision().prefill(), step.decision().decode());
        if (now.prefill() >= 0 && now.decode() >= 0) {
            var admitted = outstanding.admit(service.spec(), snapshot, now.prefill(), now.decode());
            outstanding = admitted.next();
            now = new Sizes(admitted.prefill(), admitted.decode());
        }
        return new Round(service, snapshot, step, now, advice.state().move());
    }

    private void write(Snapshot snapshot, Advisor.Advised advised) {
        journal.append(JournalEntry.of(Decider.ADVICE, snapshot, null, advised.step(), List.of()));
    }
}
