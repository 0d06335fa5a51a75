package dev.ratematch.controller.prospect;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;

/// How long replicas are on their way to where they are needed: stopped and started, or from one
/// role to the other.
///
/// @param leadSeconds from placed to ready, as this fleet has shown it
/// @param drainSeconds from told to leave to gone, alike
record Transit(ServiceSpec spec, Lags lags, double leadSeconds, double drainSeconds) {

    static Transit of(ServiceSpec spec, Lags lags) {
        return new Transit(spec, lags, lags.leadSeconds(spec), lags.drainSeconds(spec));
    }

    /// Until a replica more serves, seconds.
    double arrivalSeconds() {
        return Math.min(leadSeconds, soonestSwitchSeconds());
    }

    /// Until one replica serves in another's place, seconds.
    double changingSeconds() {
        return Math.min(leadSeconds + drainSeconds, soonestSwitchSeconds());
    }

    /// Until one replica has changed its role, in the direction that takes less, seconds; infinite
    /// where none does.
    private double soonestSwitchSeconds() {
        return spec.switching().possible()
                ? Math.min(
                        lags.switchSeconds(spec, Role.PREFILL),
                        lags.switchSeconds(spec, Role.DECODE))
                : Double.POSITIVE_INFINITY;
    }

    /// Until so many have changed their role, seconds.
    double switchingSeconds(Role taking, int switched) {
        double turns = Math.ceil((double) switched / spec.switching().atOnce());
        return turns * lags.switchSeconds(spec, taking);
    }

    /// How long what a pair lacks of a need is missing, seconds, as if it were stopped and started:
    /// a fleet that counted on switches here kept less for the next turn, and lost by it where they
    /// took half a minute (docs/graveyard.md).
    ///
    /// @param served share of the need meanwhile, above 0: a drain takes longer the less it is
    double fillingSeconds(Sizes pair, Need needed, double served) {
        return leadSeconds + taken(pair, needed) * drainSeconds / served;
    }

    /// Share of what a pair lacks of a need that the other role must give.
    private double taken(Sizes pair, Need needed) {
        double lacks =
                Math.max(0, needed.prefill() - pair.prefill()) * spec.prefill().gpusPerReplica()
                        + Math.max(0, needed.decode() - pair.decode())
                                * spec.decode().gpusPerReplica();
        int free = spec.budgetGpus() - spec.gpus(pair);
        return lacks > free ? (lacks - free) / lacks : 0;
    }
}
