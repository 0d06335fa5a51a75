package dev.ratematch.controller.guard;

/// The numbers of this snapshot contradict each other.
public final class TelemetryInconsistent implements Guard<Look> {

    @Override
    public Verdict ask(Look look) {
        return Consistency.contradiction(look.snapshot())
                .map(text -> Verdict.holds(Reason.TELEMETRY_INCONSISTENT, text))
                .orElse(Verdict.passes(Reason.TELEMETRY_INCONSISTENT));
    }
}
