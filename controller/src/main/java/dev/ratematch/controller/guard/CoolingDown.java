package dev.ratematch.controller.guard;

/// A move ended too recently.
public final class CoolingDown implements Guard<Weighed> {

    @Override
    public Verdict ask(Weighed weighed) {
        var ended = weighed.pace().lastMoveEndSeconds();
        if (ended == null) {
            return Verdict.passes(Reason.COOLING_DOWN);
        }
        double least =
                weighed.spec().tuning().cooldownLeadTimes() * weighed.spec().arrivalSeconds();
        return Verdict.of(
                Reason.COOLING_DOWN,
                weighed.since(ended) < least,
                new Figure("ended_s_ago", weighed.since(ended)),
                new Figure("least_s", least));
    }
}
