package dev.ratematch.harness.judge;

import dev.ratematch.harness.plant.Clients;
import java.util.List;

/// What holds for every policy of an episode beside plant, trace and promise.
///
/// @param clients who send the requests
/// @param faults what goes wrong
public record Conditions(Clients clients, List<Fault> faults) {

    /// Patient clients, and nothing goes wrong.
    public static final Conditions USUAL = new Conditions(Clients.PATIENT, List.of());

    public Conditions {
        faults = List.copyOf(faults);
    }
}
