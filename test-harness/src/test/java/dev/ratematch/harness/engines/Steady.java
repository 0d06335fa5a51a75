package dev.ratematch.harness.engines;

import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.Collections;
import java.util.List;

/// Pods that nobody scales.
///
/// @param workers the role of each
record Steady(List<Source> workers) implements Fleet {

    @Override
    public FleetCounts counts(Role role) {
        var source = role == Role.PREFILL ? Source.PREFILL : Source.DECODE;
        return FleetCounts.steady(Collections.frequency(workers, source));
    }

    @Override
    public void scale(Role role, int replicas) {
        throw new UnsupportedOperationException("Nobody scales here.");
    }
}
