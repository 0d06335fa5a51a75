package dev.ratematch.controller.guard;

/// Rate or lengths are missing, old or heard before.
public final class TelemetryUnknown implements Guard<Look> {

    @Override
    public Verdict ask(Look look) {
        return look.fresh()
                ? Verdict.passes(Reason.TELEMETRY_UNKNOWN)
                : Verdict.holds(
                        Reason.TELEMETRY_UNKNOWN,
                        Freshness.missing(look.snapshot(), look.heardSeconds()));
    }
}
