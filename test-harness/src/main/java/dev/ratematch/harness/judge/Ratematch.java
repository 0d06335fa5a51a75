package dev.ratematch.harness.judge;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The product: scraped metrics, its own cost model, its own estimate.
public final class Ratematch extends SteppingPolicy {

    private final double percentile;
    private final double cycleSeconds;
    private final Consumer<Step> listener;
    private @Nullable EngineTelemetry telemetry;

    /// The product as a policy.
    ///
    /// @param laws step times by the cost model
    /// @param cycleSeconds scrape interval and window
    /// @param listener told every step
    public Ratematch(ServiceSpec spec, Laws laws, double cycleSeconds, Consumer<Step> listener) {
        super(spec, laws);
        this.percentile = spec.slo().percentile();
        this.cycleSeconds = cycleSeconds;
        this.listener = listener;
    }

    @Override
    public String name() {
        return "ratematch";
    }

    @Override
    void decided(Step step) {
        listener.accept(step);
    }

    @Override
    Snapshot look(View view) {
        if (telemetry == null) {
            var host = new InProcess(view.cluster());
            telemetry = new EngineTelemetry(host, host::targets, host, percentile, cycleSeconds);
        }
        return telemetry.observe(view.atSeconds());
    }
}
