package dev.ratematch.harness.judge;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;

/// Our own control loop; what it is shown is left to the subclass, and the judge carries its counts
/// out.
abstract class SteppingPolicy implements Policy {

    private final ControlLoop loop;

    SteppingPolicy(ServiceSpec spec, Laws laws, Journal journal) {
        this.loop = new ControlLoop(spec, laws, State.INITIAL, null, journal);
    }

    abstract Snapshot look(View view);

    @Override
    public final Command decide(View view) {
        var cycle = loop.decide(look(view), Orders.CONTROL);
        var sizes = cycle.decision().counts().sizes();
        if (sizes == null) {
            throw new IllegalStateException("the judge's cluster always knows its counts");
        }
        return new Command(sizes.prefill(), sizes.decode(), cycle.explanation().text());
    }
}
