package dev.ratematch.controller.core;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Allowance;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;
import org.jspecify.annotations.Nullable;

/// As much of what is wanted as one move may do: within the pools' bounds, the longest step, what
/// `behavior` allows now, and the budget, upper and lower.
///
/// @param now replicas commanded at present
record Target(ServiceSpec spec, Sizes now, Allowance allowance) {

    /// The end of the move; `now` where nothing may be done.
    Sizes of(Sizes wanted, Reason reason) {
        var bounded = new Sizes(bounded(wanted, Role.PREFILL), bounded(wanted, Role.DECODE));
        var fitting = withinBudget(bounded);
        boolean trades = reason != Reason.SHRINK && !fitting.equals(wanted);
        return notBelowMinimum(trades ? givingOnlyWhatIsTaken(fitting) : fitting, reason);
    }

    private int bounded(Sizes wanted, Role role) {
        int most = spec.tuning().maxStepReplicas();
        int from = now.of(role);
        int step = Math.clamp((long) wanted.of(role) - from, -most, most);
        var pool = spec.pool(role);
        int within = Math.min(pool.maxReplicas(), Math.max(pool.minReplicas(), from + step));
        return allowance.of(role).nearest(within);
    }

    /// A donor that gives less than the plan wants leaves less for the receiver.
    private Sizes withinBudget(Sizes bounded) {
        var to = bounded;
        while (spec.gpus(to) > spec.budgetGpus()
                && (to.prefill() > now.prefill() || to.decode() > now.decode())) {
            to = to.plus(to.prefill() > now.prefill() ? Role.PREFILL : Role.DECODE, -1);
        }
        return to;
    }

    /// A receiver that may take less than the plan wants leaves more with the donor, so that no
    /// bound makes a move that only takes.
    private Sizes givingOnlyWhatIsTaken(Sizes fitting) {
        var kept = new Moves(spec).keeping(now, fitting);
        for (var role : Role.values()) {
            int most = Math.max(fitting.of(role), spec.pool(role).maxReplicas());
            kept = kept.with(role, Math.min(kept.of(role), most));
        }
        return kept;
    }

    /// The pair with as many replicas more as the minimum asks for: of a rebalance first in the
    /// role that grows, of a smaller fleet only those that would be given back.
    private Sizes notBelowMinimum(Sizes kept, Reason reason) {
        int least = Math.min(spec.minBudgetGpus(), spec.gpus(now));
        var to = kept;
        while (spec.gpus(to) < least) {
            var more = more(to, reason);
            if (more == null) {
                return now;
            }
            to = to.plus(more, 1);
        }
        return to;
    }

    private @Nullable Role more(Sizes to, Reason reason) {
        Role best = null;
        int bestGiven = Integer.MIN_VALUE;
        for (var role : Role.values()) {
            int given = (now.of(role) - to.of(role)) * spec.pool(role).gpusPerReplica();
            boolean back = given > 0;
            boolean on =
                    given < 0
                            && reason != Reason.SHRINK
                            && bounded(to.plus(role, 1), role) > to.of(role);
            boolean fits = spec.gpus(to.plus(role, 1)) <= spec.budgetGpus();
            // What grows comes first; else what gives most gives less.
            int rank = on ? Integer.MAX_VALUE : given;
            if (fits && (back || on) && rank > bestGiven) {
                best = role;
                bestGiven = rank;
            }
        }
        return best;
    }
}
