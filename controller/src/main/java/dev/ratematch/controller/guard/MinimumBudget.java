package dev.ratematch.controller.guard;

import java.util.List;

/// A smaller fleet would hold fewer GPUs than it must.
public final class MinimumBudget implements Guard<Weighed> {

    @Override
    public Verdict ask(Weighed weighed) {
        var proposal = weighed.proposal();
        int least = weighed.leastGpus();
        if (proposal == null || least == 0) {
            return Verdict.passes(Reason.MINIMUM_BUDGET);
        }
        var spec = weighed.spec();
        int wanted = spec.gpus(proposal.wanted());
        int then = spec.gpus(proposal.to());
        boolean nothing = proposal.to().equals(weighed.now()) && wanted < least;
        boolean holds = nothing || then < least;
        return new Verdict(
                Reason.MINIMUM_BUDGET,
                holds,
                holds
                        ? "%s would hold %d GPUs; the fleet must hold at least %d."
                                .formatted(proposal.wanted().ratio(), wanted, least)
                        : "",
                List.of(
                        new Figure("wanted_gpus", wanted),
                        new Figure("then_gpus", then),
                        new Figure("least_gpus", least)));
    }
}
