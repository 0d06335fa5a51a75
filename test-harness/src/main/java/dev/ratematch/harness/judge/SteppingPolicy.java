package dev.ratematch.harness.judge;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;

/// Our own controller; what it is shown is left to the subclass.
abstract class SteppingPolicy implements Policy {

    private final Controller controller;
    private State state = State.INITIAL;

    SteppingPolicy(ServiceSpec spec, Laws laws) {
        this.controller = new Controller(spec, laws);
    }

    abstract Snapshot look(View view);

    /// Called with the outcome of each cycle.
    void decided(Snapshot snapshot, Step step) {}

    @Override
    public final Command decide(View view) {
        var snapshot = look(view);
        var step = controller.step(state, snapshot);
        state = step.state();
        decided(snapshot, step);
        Decision decision = step.decision();
        return new Command(decision.prefill(), decision.decode(), step.explanation().text());
    }
}
