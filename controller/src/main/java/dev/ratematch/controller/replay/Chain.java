package dev.ratematch.controller.replay;

import dev.ratematch.controller.core.Advisor;
import dev.ratematch.controller.core.Advisor.Advice;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.host.JournalEntry.Decider;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The cycles after one service line: what they are decided by and go on from.
final class Chain {

    private final Service service;
    private final Controller controller;
    private final Advisor advisor;
    private Advice advice;
    private long cycle;

    Chain(Service service, Advice from) {
        this.service = service;
        this.controller = new Controller(service.spec(), service.laws());
        this.advisor = new Advisor(controller);
        this.advice = from;
    }

    /// One cycle that was decided again, and the record of it.
    record Next(Step step, JournalEntry entry) {}

    Service service() {
        return service;
    }

    /// Number of the last cycle since the service line; zero before the first.
    long cycle() {
        return cycle;
    }

    Next next(
            Decider decider,
            Snapshot snapshot,
            @Nullable Interlock interlock,
            List<String> commandErrors) {
        cycle++;
        if (decider == Decider.ADVICE) {
            var advised = advisor.step(advice, snapshot, interlock);
            advice = advised.advice();
            return new Next(
                    advised.step(), JournalEntry.of(snapshot, interlock, advised, commandErrors));
        }
        var step = controller.step(advice.state(), snapshot, interlock);
        advice = Advice.of(step.state());
        return new Next(step, JournalEntry.of(snapshot, interlock, step, commandErrors));
    }
}
