package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import java.util.Comparator;
import java.util.List;

/// What was promised when: a request is judged by the promise of its arrival.
final class Promise {

    private static final double SECONDS = 1e9;

    private final Slo first;
    private final List<Disruption.PromiseChanged> changes;

    /// @param first before any change
    /// @param faults those that change the promise, among others
    Promise(Slo first, List<Disruption> faults) {
        this.first = first;
        this.changes =
                faults.stream()
                        .filter(Disruption.PromiseChanged.class::isInstance)
                        .map(Disruption.PromiseChanged.class::cast)
                        .sorted(Comparator.comparingDouble(Disruption.PromiseChanged::atSeconds))
                        .toList();
    }

    /// The promise at an instant.
    Slo at(long nanos) {
        var slo = first;
        for (var change : changes) {
            slo = change.atSeconds() * SECONDS <= nanos ? change.slo() : slo;
        }
        return slo;
    }
}
