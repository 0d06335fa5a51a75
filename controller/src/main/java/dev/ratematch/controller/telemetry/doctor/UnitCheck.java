package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.ScrapeWindow;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.doctor.Finding.Check;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Whether what a pod tells is in the unit that it is read in: by what such a value can be.
final class UnitCheck {

    /// A share, with what a rounded gauge may be over it.
    private static final double SHARE_MAX = 1.01;

    private static final double SECONDS_PLAUSIBLE_MAX = 600;

    /// Where nothing below a second is told apart, a mean above this is in milliseconds.
    private static final double COARSE_SECONDS_MAX = 10;

    private static final double ITL_PLAUSIBLE_MAX_SECONDS = 5;

    private final Patient patient;
    private final List<Finding> findings = new ArrayList<>();

    private UnitCheck(Patient patient) {
        this.patient = patient;
    }

    /// What there is to say of each that is known.
    ///
    /// @param life all that the pod has counted
    static List<Finding> of(Patient patient, ScrapeWindow life) {
        var check = new UnitCheck(patient);
        check.unit(life.gaugeMean(Fact.KV_USED), SHARE_MAX, "percent", Fact.KV_USED, "");
        for (var fact : List.of(Fact.FIRST_TOKEN, Fact.TTFT)) {
            var seen = life.histogram(fact);
            boolean coarse = seen.histogram().finestBound().orElse(0) >= 1;
            double most = coarse ? COARSE_SECONDS_MAX : SECONDS_PLAUSIBLE_MAX;
            check.unit(seen.mean(), most, "milliseconds", fact, ", s,");
        }
        for (var fact : List.of(Fact.ITL, Fact.EVENT_GAP)) {
            var mean = life.histogram(fact).mean();
            check.unit(mean, ITL_PLAUSIBLE_MAX_SECONDS, "milliseconds", fact, ", s,");
        }
        return List.copyOf(check.findings);
    }

    private void unit(Reading seen, double most, String unit, Fact fact, String in) {
        if (!seen.known()) {
            return;
        }
        double value = seen.orElse(0);
        String shown = String.format(Locale.ROOT, "%s%s is %.4g", fact.description(), in, value);
        if (value < 0) {
            found(Check.PLAUSIBLE, Verdict.FAULT, shown, "it cannot be negative");
        } else if (value > most) {
            found(
                    Check.UNIT,
                    Verdict.FAULT,
                    shown,
                    "this looks like %s; rename %s to a metric in the unit of the engine's own"
                                    .formatted(unit, fact.label())
                            + " (--metric %s=NAME), or expose it as the engine does"
                                    .formatted(fact.label()));
        } else {
            found(Check.UNIT, Verdict.GOOD, shown, "");
        }
    }

    private void found(Check check, Verdict verdict, String what, String fix) {
        findings.add(
                new Finding(patient.source(), patient.answer().pod(), check, verdict, what, fix));
    }
}
