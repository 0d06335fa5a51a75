package dev.ratematch.controller.guard;

import dev.ratematch.controller.plan.Outlook;

/// The removal would leave less carried than now, or nothing can go that a loss would not show.
public final class RemovalUnsafe implements Guard<Weighed> {

    @Override
    public Verdict ask(Weighed weighed) {
        var proposal = weighed.proposal();
        if (proposal == null || !proposal.wanted().takesFrom(weighed.now())) {
            return Verdict.passes(Reason.REMOVAL_UNSAFE);
        }
        double then = weighed.outlook().servedBare(proposal.to());
        double now = weighed.outlook().servedBare(weighed.now());
        boolean nothing = proposal.to().equals(weighed.now());
        boolean worse = proposal.to().takesFrom(weighed.now()) && then < now - Outlook.SAME_SHARE;
        return Verdict.of(
                Reason.REMOVAL_UNSAFE,
                nothing || worse,
                new Figure("served_share_then", then),
                new Figure("served_share_now", now));
    }
}
