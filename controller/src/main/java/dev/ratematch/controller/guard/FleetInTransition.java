package dev.ratematch.controller.guard;

/// Replicas are starting or draining outside any move: what is measured is not of the fleet that is
/// commanded. Waited for as long as a move may take, and no longer.
public final class FleetInTransition implements Guard<Weighed> {

    @Override
    public Verdict ask(Weighed weighed) {
        var since = weighed.pace().transitionSinceSeconds();
        if (since == null || weighed.matched()) {
            return Verdict.passes(Reason.FLEET_IN_TRANSITION);
        }
        double lasted = weighed.since(since);
        double most = weighed.spec().moveAllowanceSeconds();
        return Verdict.of(
                Reason.FLEET_IN_TRANSITION,
                lasted <= most,
                new Figure("lasted_s", lasted),
                new Figure("most_s", most));
    }
}
