package dev.ratematch.harness.bench;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import java.util.List;
import java.util.function.Consumer;

/// Control steps, each from the state and on the snapshot of a cycle that was met.
public final class ControlSteps {

    private final Service service;
    private final List<Subjects.Cycle> cycles;

    /// Of a service with a budget.
    public ControlSteps(int gpus) {
        this.service = Subjects.service(gpus);
        this.cycles = Subjects.cycles(service);
    }

    /// What is decided for.
    public Service service() {
        return service;
    }

    /// Decides one cycle; they come around again and again.
    public Cycle step(int turn) {
        var cycle = cycles.get(turn % cycles.size());
        var loop =
                new ControlLoop(service.spec(), service.laws(), cycle.before(), null, Journal.NONE);
        return loop.decide(cycle.snapshot(), Orders.CONTROL);
    }

    /// Decides one after the other what was seen in them, as if they came around for so long.
    public void run(int count, Consumer<Cycle> each) {
        var loop = ControlLoop.of(service, State.INITIAL, null, Journal.NONE);
        for (int i = 1; i <= count; i++) {
            var seen = cycles.get(i % cycles.size()).snapshot();
            var later =
                    new Snapshot(
                            i * Subjects.CYCLE_SECONDS,
                            seen.windowSeconds(),
                            seen.prefill(),
                            seen.decode(),
                            seen.traffic(),
                            seen.warnings());
            each.accept(loop.decide(later, Orders.CONTROL));
        }
    }
}
