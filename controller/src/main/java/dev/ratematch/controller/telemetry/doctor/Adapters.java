package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.List;

/// Whether a frontend of several names serves adapters of the one model behind it. Requests name
/// the adapter and pods serve them all, so that a pool has ended as many as the frontend of all
/// names together.
final class Adapters {

    /// How far counts of whole lives may differ, that did not begin in one moment.
    private static final double SHARE = 0.05;

    private Adapters() {}

    static boolean of(List<Patient> patients) {
        double asked = ended(patients, Source.FRONTEND);
        double served = Math.max(ended(patients, Source.PREFILL), ended(patients, Source.DECODE));
        return asked > 0 && Math.abs(asked - served) <= SHARE * asked;
    }

    private static double ended(List<Patient> patients, Source source) {
        return patients.stream()
                .filter(patient -> patient.source() == source)
                .filter(patient -> patient.answer().scrape() != null)
                .mapToDouble(patient -> Doctor.life(patient, source).increase(Fact.ENDED).orElse(0))
                .sum();
    }
}
