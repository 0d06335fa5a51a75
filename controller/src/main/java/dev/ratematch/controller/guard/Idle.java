package dev.ratematch.controller.guard;

import dev.ratematch.controller.estimate.Estimator;

/// There are no requests: nothing to size for, nothing to gain by moving.
public final class Idle implements Guard<Look> {

    @Override
    public Verdict ask(Look look) {
        double rate = Estimator.estimate(look.windows()).requestsPerSecond();
        var figure = new Figure("requests_per_s", rate);
        return rate <= 0
                ? Verdict.holds(Reason.IDLE, "No requests in the last windows.", figure)
                : Verdict.passes(Reason.IDLE, figure);
    }
}
