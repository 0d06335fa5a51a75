package dev.ratematch.controller.guard;

/// A smaller fleet has not sufficed for long enough.
public final class ScaleDownStabilising implements Guard<Weighed> {

    @Override
    public Verdict ask(Weighed weighed) {
        var since = weighed.pace().smallerSinceSeconds();
        if (!weighed.shrinks() || since == null) {
            return Verdict.passes(Reason.SCALE_DOWN_STABILISING);
        }
        double sufficed = weighed.since(since);
        double least = weighed.spec().tuning().scaleDownWindowSeconds();
        return Verdict.of(
                Reason.SCALE_DOWN_STABILISING,
                sufficed < least,
                new Figure("sufficed_s", sufficed),
                new Figure("least_s", least));
    }
}
