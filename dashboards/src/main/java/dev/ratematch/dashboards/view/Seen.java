package dev.ratematch.dashboards.view;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.controller.service.Service;
import java.util.List;

/// One cycle of a service as a console gets it.
///
/// @param sequence number of the cycle since the console began to look, from 1
/// @param steps of the open move so far, the present one last; empty where none is open
public record Seen(
        long sequence, Service service, Cycle cycle, TrackRecord record, List<MoveStep> steps) {

    public Seen {
        steps = List.copyOf(steps);
    }

    /// Seconds on the host's clock.
    public double atSeconds() {
        return cycle.snapshot().atSeconds();
    }
}
