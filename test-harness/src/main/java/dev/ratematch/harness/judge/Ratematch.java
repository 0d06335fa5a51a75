package dev.ratematch.harness.judge;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The product: scraped metrics, its own cost model, its own estimate.
public final class Ratematch extends SteppingPolicy {

    private final double percentile;
    private final double cycleSeconds;
    private @Nullable EngineTelemetry telemetry;
    private @Nullable InProcess host;

    /// The product as a policy.
    ///
    /// @param laws step times by the cost model
    /// @param cycleSeconds scrape interval and window
    /// @param journal takes every cycle
    public Ratematch(ServiceSpec spec, Laws laws, double cycleSeconds, Journal journal) {
        this(_ -> spec, spec.budgetGpus(), laws, cycleSeconds, journal);
    }

    /// The same where the budget may change meanwhile.
    ///
    /// @param specs the service under a budget of so many GPUs
    /// @param budgetGpus the budget at the start
    public Ratematch(
            IntFunction<ServiceSpec> specs,
            int budgetGpus,
            Laws laws,
            double cycleSeconds,
            Journal journal) {
        super(specs, budgetGpus, laws, journal);
        this.percentile = specs.apply(budgetGpus).slo().percentile();
        this.cycleSeconds = cycleSeconds;
    }

    @Override
    public String name() {
        return "ratematch";
    }

    @Override
    Snapshot look(View view) {
        var plant = host == null ? new InProcess(view.exposed()) : host;
        host = plant;
        if (telemetry == null) {
            telemetry = new EngineTelemetry(plant, plant::targets, plant, percentile, cycleSeconds);
        }
        plant.silence(!view.telemetry());
        return telemetry.observe(view.atSeconds());
    }
}
