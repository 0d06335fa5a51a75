package dev.ratematch.controller.guard;

/// The plan is better, but not by enough.
///
/// More replicas cost nothing but GPUs. Taking from one role for the other costs its capacity for a
/// lead time, so that is done only where requests go unserved beyond doubt or the promise is seen
/// broken, and where the move helps the requests that are there, not the margin alone.
public final class GainBelowThreshold implements Guard<Weighed> {

    /// Unserved share of the bare demand that no error of the model explains.
    private static final double PLAIN_SHORTAGE = 0.1;

    @Override
    public Verdict ask(Weighed weighed) {
        var proposal = weighed.proposal();
        var tuning = weighed.spec().tuning();
        double least = tuning.minGain();
        if (proposal == null) {
            double gain = weighed.plan().servedShare() - weighed.outlook().served(weighed.now());
            return Verdict.of(
                    Reason.GAIN_BELOW_THRESHOLD,
                    true,
                    new Figure("gain_share", gain),
                    new Figure("least_share", least));
        }
        var gain = new Figure("gain_share", proposal.gain());
        if (proposal.reason() == Reason.SHRINK) {
            return Verdict.passes(Reason.GAIN_BELOW_THRESHOLD);
        }
        boolean nothing = proposal.to().equals(weighed.now()) && !weighed.bounded();
        if (!proposal.wanted().takesFrom(weighed.now())) {
            return Verdict.of(Reason.GAIN_BELOW_THRESHOLD, nothing, gain);
        }
        var outlook = weighed.outlook();
        double bareNow = outlook.servedBare(weighed.now());
        double bareGain = outlook.servedBare(proposal.wanted()) - bareNow;
        boolean pressed =
                Evidence.promiseBroken(outlook, weighed.snapshot())
                        || (1 - bareNow > PLAIN_SHORTAGE
                                && Evidence.strained(outlook, weighed.snapshot()));
        boolean plain =
                proposal.gain() > tuning.rebalanceGainAtOnce()
                        || Evidence.queuedBefore(outlook, weighed.windows());
        boolean worth = proposal.gain() >= tuning.rebalanceGain() && bareGain >= least;
        return Verdict.of(
                Reason.GAIN_BELOW_THRESHOLD,
                !pressed || !plain || !worth || nothing,
                gain,
                new Figure("least_share", tuning.rebalanceGain()),
                new Figure("gain_without_margin_share", bareGain),
                new Figure("least_without_margin_share", least),
                new Figure("unserved_share", 1 - bareNow),
                new Figure("pressed", pressed ? 1 : 0));
    }
}
