package dev.ratematch.controller.guard;

/// A smaller fleet has not sufficed for long enough.
public final class ScaleDownStabilising implements Guard<Weighed> {

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
        return Verdict.of(
                Reason.SCALE_DOWN_STABILISING,
                sufficed < least,
                new Figure("sufficed_s", sufficed),
                new Figure(LEAST_SECONDS, least));
    }
}
