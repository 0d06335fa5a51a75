package dev.ratematch.controller.guard;

import dev.ratematch.controller.observe.Role;

/// A smaller fleet has not sufficed for long enough.
public final class ScaleDownStabilising implements Guard<Weighed> {

    @Override
    public Verdict ask(Weighed weighed) {
        var since = weighed.pace().smallerSinceSeconds();
        var proposal = weighed.proposal();
        if (proposal == null || !weighed.shrinks() || weighed.bounded() || since == null) {
            return Verdict.passes(Reason.SCALE_DOWN_STABILISING);
        }
        double sufficed = weighed.since(since);
        boolean nothing = proposal.to().equals(weighed.now());
        var then = nothing ? proposal.wanted() : proposal.to();
        double least = 0;
        for (var role : Role.values()) {
            if (then.of(role) < weighed.now().of(role)) {
                least = Math.max(least, weighed.spec().scaleDownWindowSeconds(role));
            }
        }
        return Verdict.of(
                Reason.SCALE_DOWN_STABILISING,
                sufficed < least,
                new Figure("sufficed_s", sufficed),
                new Figure("least_s", least));
    }
}
