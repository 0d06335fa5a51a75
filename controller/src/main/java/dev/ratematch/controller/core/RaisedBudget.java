package dev.ratematch.controller.core;

import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;
import org.jspecify.annotations.Nullable;

/// A cut to a budget that has been raised since: what still drains for it need not go.
public final class RaisedBudget {

    private RaisedBudget() {}

    /// What to go on from: without the open move, where a budget forced that and would not force it
    /// so far any more.
    ///
    /// @param budgetBefore that the move was begun under, GPUs; null where nobody knows it
    public static Resumption of(
            Resumption resumed, @Nullable Integer budgetBefore, ServiceSpec spec) {
        var move = resumed.state().move();
        if (move == null || budgetBefore == null || spec.budgetGpus() <= budgetBefore) {
            return resumed;
        }
        boolean forced = spec.gpus(move.from()) > budgetBefore && shrinks(move);
        return forced && keeps(move, spec)
                ? Resumption.of(
                        resumed.state(),
                        spec,
                        "the budget is %d GPUs now, not %d"
                                .formatted(spec.budgetGpus(), budgetBefore))
                : resumed;
    }

    private static boolean shrinks(Move move) {
        return move.to().prefill() <= move.from().prefill()
                && move.to().decode() <= move.from().decode();
    }

    /// Whether there is room for a replica more than at the end of the cut.
    private static boolean keeps(Move move, ServiceSpec spec) {
        for (var role : Role.values()) {
            Sizes one = move.to().plus(role, 1);
            if (one.of(role) <= move.from().of(role) && spec.gpus(one) <= spec.budgetGpus()) {
                return true;
            }
        }
        return false;
    }
}
