package dev.ratematch.harness.judge;

import dev.ratematch.harness.exposition.ExposedCluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/// Faults in the order in which they begin and end, and what holds after those that have struck.
final class DisruptionClock {

    private record Change(double atSeconds, Consumer<ExposedCluster> what) {}

    private final List<Change> changes = new ArrayList<>();
    private int struck;
    private int gpus;
    private boolean telemetry = true;

    /// @param gpus the budget before any cut
    DisruptionClock(List<Disruption> faults, int gpus) {
        this.gpus = gpus;
        for (var fault : faults) {
            changes.add(new Change(fault.atSeconds(), exposed -> begin(fault, exposed)));
            if (Double.isFinite(fault.untilSeconds())) {
                changes.add(new Change(fault.untilSeconds(), exposed -> end(fault, exposed)));
            }
        }
        changes.sort(Comparator.comparingDouble(Change::atSeconds));
    }

    private void begin(Disruption fault, ExposedCluster exposed) {
        fault.strike(exposed);
        if (fault instanceof Disruption.BudgetCut cut) {
            gpus = cut.gpus();
        }
        telemetry &= !(fault instanceof Disruption.TelemetryGone);
    }

    private void end(Disruption fault, ExposedCluster exposed) {
        fault.end(exposed);
        telemetry |= fault instanceof Disruption.TelemetryGone;
    }

    /// When something changes next, seconds; infinite for never.
    double next() {
        return struck == changes.size()
                ? Double.POSITIVE_INFINITY
                : changes.get(struck).atSeconds();
    }

    /// Lets the next change happen.
    void strike(ExposedCluster exposed) {
        changes.get(struck++).what().accept(exposed);
    }

    /// GPUs that may be held now.
    int gpus() {
        return gpus;
    }

    /// Whether scrapes are answered now.
    boolean telemetry() {
        return telemetry;
    }
}
