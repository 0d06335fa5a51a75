package dev.ratematch.controller.core;

import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.prospect.Prospect;
import org.jspecify.annotations.Nullable;

/// Replicas that are commanded and wait for GPUs that do not come, outside any move: a host was
/// lost, or somebody asked for more than there is.
///
/// @param there replicas that serve, or load on GPUs that they have
/// @param waiting replicas without GPUs
record Shortage(Sizes there, Sizes waiting) {

    /// The shortage that a look shows; null for none, or while the replicas may still be placed.
    ///
    /// They are waited for as long as any move is; but where a queue stands at the role that waits,
    /// no longer than placing them takes.
    static @Nullable Shortage of(Sight sight, Outlook outlook) {
        var since = sight.state().transitionSinceSeconds();
        var seen = sight.snapshot();
        var waiting = new Sizes(waiting(seen.prefill()), waiting(seen.decode()));
        if (since == null || waiting.prefill() + waiting.decode() == 0) {
            return null;
        }
        var held = outlook.holdingUp();
        double most =
                held != null && waiting.of(held) > 0
                        ? Prospect.REACTION_SECONDS
                        : outlook.spec().moveAllowanceSeconds();
        return seen.atSeconds() - since < most
                ? null
                : new Shortage(new Sizes(there(seen.prefill()), there(seen.decode())), waiting);
    }

    private static int waiting(PoolReading pool) {
        return (int) pool.pending().orElse(0);
    }

    private static int there(PoolReading pool) {
        return (int) (pool.ready().orElse(0) + pool.starting().orElse(0));
    }

    /// The pair that is worth most on the GPUs that are there; null where changing sides gains too
    /// little.
    @Nullable Sizes fitting(Outlook outlook) {
        var spec = outlook.spec();
        if (!spec.allows(there)) {
            return null;
        }
        var prospect = outlook.prospect();
        var best = prospect.best(spec.gpus(there));
        boolean swaps = best.takesFrom(there) && there.takesFrom(best);
        return swaps && prospect.gain(there, best) > spec.tuning().minGain() ? best : null;
    }
}
