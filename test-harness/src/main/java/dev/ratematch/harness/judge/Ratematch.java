package dev.ratematch.harness.judge;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The product: scraped metrics, its own cost model, its own estimate.
public final class Ratematch extends SteppingPolicy {

    private final double percentile;
    private final double cycleSeconds;
    private final Journal journal;
    private @Nullable EngineTelemetry telemetry;

    /// The product as a policy.
    ///
    /// @param laws step times by the cost model
    /// @param cycleSeconds scrape interval and window
    /// @param journal takes every cycle
    public Ratematch(ServiceSpec spec, Laws laws, double cycleSeconds, Journal journal) {
        super(spec, laws);
        this.percentile = spec.slo().percentile();
        this.cycleSeconds = cycleSeconds;
        this.journal = journal;
    }

    @Override
    public String name() {
        return "ratematch";
    }

    @Override
    void decided(Snapshot snapshot, Step step) {
        journal.append(JournalEntry.of(snapshot, null, step, List.of()));
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
