package dev.ratematch.k8s.operator;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.k8s.api.Condition;

/// The condition that `kubectl wait`, Argo CD and Flux wait for: the RateMatcher is accepted, reads
/// its targets and telemetry and does what its mode says. A pause and a roll-out are its owner's
/// wish, and keep it Ready. Pure.
final class Readiness {

    static final String READY = "Ready";

    private static final String TRUE = "True";

    private Readiness() {}

    /// @param telemetry the condition that says whether it can be read
    static Condition of(Report report, Condition telemetry, Standing standing) {
        var refusal = report.refusal();
        if (refusal != null) {
            return standing.no(READY, refusal.reason(), refusal.message());
        }
        if (!telemetry.status().equals(TRUE)) {
            return unread(report, telemetry, standing);
        }
        if (report.auto() && !report.errors().isEmpty()) {
            return standing.no(READY, "CommandFailed", report.errors().getFirst());
        }
        var interlock = report.cycle().interlock();
        if (interlock != null) {
            return standing.condition(
                    READY,
                    interlock.reason() == Reason.CONFLICT ? "False" : TRUE,
                    StatusText.camel(interlock.reason().name()),
                    interlock.text());
        }
        return report.auto()
                ? standing.yes(
                        READY, "Auto", "Targets and telemetry are read; decisions are carried out.")
                : standing.yes(
                        READY,
                        "Recommend",
                        "Targets and telemetry are read; recommendations are published, "
                                + "and nothing is written to the targets.");
    }

    /// The first looks of a process cannot tell what grew: what was said before them still stands.
    private static Condition unread(Report report, Condition telemetry, Standing standing) {
        if (report.starting()) {
            var last = standing.last(READY);
            return last == null || last.status().equals("Unknown")
                    ? standing.unknown(
                            READY, "Starting", "There are not enough cycles yet to tell.")
                    : standing.condition(READY, last.status(), last.reason(), last.message());
        }
        return standing.no(READY, telemetry.reason(), telemetry.message());
    }
}
