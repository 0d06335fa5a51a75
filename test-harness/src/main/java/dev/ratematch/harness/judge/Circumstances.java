package dev.ratematch.harness.judge;

import dev.ratematch.harness.plant.Clients;
import java.util.List;

/// What holds for every policy of an episode beside plant, trace and promise.
///
/// @param clients who send the requests
/// @param faults what goes wrong
public record Circumstances(Clients clients, List<Disruption> faults) {

    /// Patient clients, and nothing goes wrong.
    public static final Circumstances USUAL = new Circumstances(Clients.PATIENT, List.of());

    public Circumstances {
        faults = List.copyOf(faults);
    }
}
