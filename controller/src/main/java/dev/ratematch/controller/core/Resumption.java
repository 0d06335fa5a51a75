package dev.ratematch.controller.core;

import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.spec.ServiceSpec;
import org.jspecify.annotations.Nullable;

/// What the loop goes on from once the service was changed from outside, or another process takes
/// over.
///
/// An open move goes on unless it has become impossible: a fleet left half way serves nobody best,
/// and the next plan corrects the rest.
///
/// @param state to go on from
/// @param ended why the open move ends here, as a sentence; null where it goes on or there is none
public record Resumption(State state, @Nullable String ended) {

    /// On a service as it is now.
    ///
    /// @param elsewhere why the counts of the open move mean something else now; null where they do
    ///   not
    public static Resumption of(State from, ServiceSpec spec, @Nullable String elsewhere) {
        var move = from.move();
        if (move == null) {
            return new Resumption(from, null);
        }
        String why = elsewhere == null ? forbidden(move, spec) : elsewhere;
        return why == null
                ? new Resumption(from, null)
                : new Resumption(
                        from.withMove(null).pledging(null),
                        "The move from %s to %s ends here: %s."
                                .formatted(move.from().ratio(), move.to().ratio(), why));
    }

    /// A change of width as a clause; null where there is none.
    public static @Nullable String width(Role role, int gpusBefore, int gpusNow) {
        return gpusBefore == gpusNow
                ? null
                : "a %s replica holds %d GPUs now, not %d"
                        .formatted(role.label(), gpusNow, gpusBefore);
    }

    /// The first width that another service has otherwise, as a clause; null where none is.
    public static @Nullable String widths(ServiceSpec before, ServiceSpec now) {
        String prefill =
                width(
                        Role.PREFILL,
                        before.prefill().gpusPerReplica(),
                        now.prefill().gpusPerReplica());
        return prefill != null
                ? prefill
                : width(
                        Role.DECODE,
                        before.decode().gpusPerReplica(),
                        now.decode().gpusPerReplica());
    }

    private static @Nullable String forbidden(Move move, ServiceSpec spec) {
        var to = move.to();
        int gpus = spec.gpus(to);
        if (gpus > spec.budgetGpus()) {
            return "%s holds %d GPUs, the budget is %d"
                    .formatted(to.ratio(), gpus, spec.budgetGpus());
        }
        if (gpus < spec.minBudgetGpus() && gpus < spec.gpus(move.from())) {
            return "%s holds %d GPUs, the least is %d"
                    .formatted(to.ratio(), gpus, spec.minBudgetGpus());
        }
        for (var role : Role.values()) {
            var pool = spec.pool(role);
            if (!pool.allows(to.of(role))) {
                return "%d %s replicas are not within %d to %d"
                        .formatted(
                                to.of(role), role.label(), pool.minReplicas(), pool.maxReplicas());
            }
        }
        return null;
    }
}
