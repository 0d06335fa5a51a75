package dev.ratematch.controller.guard;

import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;

/// The replica counts are missing.
public final class FleetUnknown implements Guard<Look> {

    @Override
    public Verdict ask(Look look) {
        for (var role : Role.values()) {
            if (look.commanded().of(role) == null || !known(look.snapshot().pool(role))) {
                return Verdict.holds(
                        Reason.FLEET_UNKNOWN,
                        "Replica counts are unknown, so the fleet stays as commanded.");
            }
        }
        return Verdict.passes(Reason.FLEET_UNKNOWN);
    }

    private static boolean known(PoolReading pool) {
        return pool.ready().known() && (pool.desired().known() || pool.starting().known());
    }
}
