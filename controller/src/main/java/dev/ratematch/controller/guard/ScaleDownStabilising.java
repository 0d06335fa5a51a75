package dev.ratematch.controller.guard;

import java.util.ArrayList;

/// A smaller fleet has not sufficed for long enough, or a move ended not long ago: what moved once
/// may do so again, and forecasts that get surer would take one replica after the other away.
public final class ScaleDownStabilising implements Guard<Weighed> {

    /// Windows after a move in which nothing is given back.
    public static final double RESTLESS_WINDOWS = 6;

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
        var figures = new ArrayList<Figure>();
        figures.add(new Figure("sufficed_s", sufficed));
        figures.add(new Figure(LEAST_SECONDS, least));
        boolean restless = false;
        var ended = weighed.pace().lastMoveEndSeconds();
        if (ended != null) {
            restless = weighed.since(ended) < RESTLESS_WINDOWS * least;
            figures.add(new Figure("move_ended_s_ago", weighed.since(ended)));
            figures.add(new Figure("least_after_move_s", RESTLESS_WINDOWS * least));
        }
        return new Verdict(
                Reason.SCALE_DOWN_STABILISING, sufficed < least || restless, "", figures);
    }
}
