package dev.ratematch.harness.judge;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Resumption;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.function.IntFunction;

/// Our own control loop; what it is shown is left to the subclass, and the judge carries its counts
/// out.
abstract class SteppingPolicy implements Policy {

    private final IntFunction<ServiceSpec> specs;
    private final Laws laws;
    private final Journal journal;
    private ServiceSpec spec;
    private ControlLoop loop;

    /// @param specs the service under a budget of so many GPUs
    SteppingPolicy(IntFunction<ServiceSpec> specs, int budgetGpus, Laws laws, Journal journal) {
        this.specs = specs;
        this.laws = laws;
        this.journal = journal;
        this.spec = specs.apply(budgetGpus);
        this.loop = new ControlLoop(spec, laws, State.INITIAL, null, journal);
    }

    /// Goes on under another budget or promise, as a host does whose service was changed.
    private void changed(int gpus, Slo slo) {
        if (gpus != spec.budgetGpus() || !slo.equals(spec.slo())) {
            spec = specs.apply(gpus).promising(slo);
            var state = Resumption.of(loop.state(), spec, null).state();
            loop = new ControlLoop(spec, laws, state, null, journal);
        }
    }

    abstract Snapshot look(View view);

    @Override
    public final Command decide(View view) {
        changed(view.budgetGpus(), view.slo());
        var cycle = loop.decide(look(view), Orders.CONTROL);
        var sizes = cycle.decision().counts().sizes();
        if (sizes == null) {
            throw new IllegalStateException("the judge's cluster always knows its counts");
        }
        return new Command(
                sizes.prefill(),
                sizes.decode(),
                cycle.explanation().text(),
                spec.switching().possible());
    }
}
