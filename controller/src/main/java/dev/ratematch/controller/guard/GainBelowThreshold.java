package dev.ratematch.controller.guard;

/// Another fleet is better, but not by enough, or nothing measured asks for it.
///
/// More replicas cost nothing but GPUs, which are priced. Taking from one role for the other costs
/// its capacity for a lead time and more, which is taken off the gain; since all that is by the
/// model, it is done only where the promise is seen broken or strained, or for what was better for
/// long while all was calm.
public final class GainBelowThreshold implements Guard<Weighed> {

    @Override
    public Verdict ask(Weighed weighed) {
        var proposal = weighed.proposal();
        var least = new Figure("least_share", weighed.spec().tuning().minGain());
        if (proposal == null) {
            double gain = weighed.outlook().prospect().gain(weighed.now(), weighed.plan().sizes());
            return Verdict.of(
                    Reason.GAIN_BELOW_THRESHOLD, true, new Figure("gain_share", gain), least);
        }
        if (proposal.reason() == Reason.SHRINK) {
            return Verdict.passes(Reason.GAIN_BELOW_THRESHOLD);
        }
        boolean nothing = proposal.to().equals(weighed.now()) && !weighed.bounded();
        boolean asked =
                proposal.calm()
                        || !proposal.wanted().takesFrom(weighed.now())
                        || Evidence.asksForMore(weighed.outlook(), weighed.snapshot());
        return Verdict.of(
                Reason.GAIN_BELOW_THRESHOLD,
                nothing || !asked,
                new Figure("gain_share", proposal.gain()),
                least,
                new Figure("asked_for", asked ? 1 : 0));
    }
}
