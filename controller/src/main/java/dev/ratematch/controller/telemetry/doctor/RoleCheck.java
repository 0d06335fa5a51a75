package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Finding.Check;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Whether a pod is what the host says it is: by a label of its engine's that names the role, else
/// by the lengths that it puts out.
final class RoleCheck {

    /// Labels whose value is the role where it is one of the two; other values tell nothing.
    private static final List<String> LABELS = List.of("engine_type", "dynamo_component");

    private static final Set<String> ROLES = Set.of(Source.PREFILL.label(), Source.DECODE.label());

    /// Requests from which on their mean length tells a role.
    private static final double REQUESTS_TELLING = 20;

    /// Prefill pods put out one token a request, whatever engine they are.
    private static final double PREFILL_TOKENS_MAX = 1.5;

    private static final String FIX =
            "swap --prefill-selector and --decode-selector, or label this pod with its own role";

    private RoleCheck() {}

    /// What there is to say; empty where nothing tells.
    static Optional<Finding> of(Patient patient) {
        if (patient.source() == Source.FRONTEND) {
            return Optional.empty();
        }
        var labelled = labelled(patient);
        return labelled.isPresent() ? labelled : byLengths(patient);
    }

    private static Optional<Finding> labelled(Patient patient) {
        var scrape = patient.answer().scrape();
        if (scrape == null) {
            return Optional.empty();
        }
        for (var sample : scrape.samples()) {
            for (String label : LABELS) {
                String role = sample.series().label(label);
                if (role != null && ROLES.contains(role)) {
                    String what = "its metrics say %s=\"%s\"".formatted(label, role);
                    boolean own = role.equals(patient.source().label());
                    return Optional.of(finding(patient, own, what));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Finding> byLengths(Patient patient) {
        var output = Doctor.life(patient, Source.DECODE).histogram(Fact.OUTPUT_TOKENS);
        if (!output.readable() || output.count().orElse(0) < REQUESTS_TELLING) {
            return Optional.empty();
        }
        double tokens = output.mean().orElse(0);
        boolean prefill = patient.source() == Source.PREFILL;
        boolean own = prefill != tokens > PREFILL_TOKENS_MAX;
        return Optional.of(
                finding(
                        patient,
                        own,
                        own
                                ? "its output lengths are those of the role"
                                : String.format(
                                        Locale.ROOT,
                                        "it generated %.1f tokens a request, as a %s pod does",
                                        tokens,
                                        prefill ? "decode" : "prefill")));
    }

    private static Finding finding(Patient patient, boolean own, String what) {
        return new Finding(
                patient.source(),
                patient.answer().pod(),
                Check.ROLE,
                own ? Verdict.GOOD : Verdict.FAULT,
                what,
                own ? "" : FIX);
    }
}
