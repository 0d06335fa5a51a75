package dev.ratematch.controller.guard;

import dev.ratematch.controller.observe.Sizes;

/// A smaller fleet has not sufficed for long enough.
public final class ScaleDownStabilising implements Guard<Weighed> {

    /// After a move, less than a share of the GPUs is given back only so much later.
    private static final double RESTLESS_SECONDS = 1800;

    private static final double WORTH_A_MOVE = 0.25;

    /// Figure of the window that holds: the longest of the roles that would give replicas back.
    public static final String LEAST_SECONDS = "least_s";

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
        double least = weighed.spec().scaleDownWindowSeconds(weighed.now(), then);
        boolean restless = restless(weighed, then);
        return Verdict.of(
                Reason.SCALE_DOWN_STABILISING,
                sufficed < least || restless,
                new Figure("sufficed_s", sufficed),
                new Figure(LEAST_SECONDS, least));
    }

    /// Whether a move ended not long ago and little is to be saved by the next: what moved once may
    /// do so again, and a forecast that gets surer takes replica after replica away.
    private static boolean restless(Weighed weighed, Sizes then) {
        var ended = weighed.pace().lastMoveEndSeconds();
        int now = weighed.spec().gpus(weighed.now());
        double saved = (double) (now - weighed.spec().gpus(then)) / now;
        return ended != null && weighed.since(ended) < RESTLESS_SECONDS && saved < WORTH_A_MOVE;
    }
}
