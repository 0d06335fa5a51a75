package dev.ratematch.controller.guard;

/// The plan is better, but not by enough.
///
/// More replicas cost nothing but GPUs. Taking from one role for the other costs its capacity for a
/// lead time, so that is done only where requests go unserved beyond doubt or the promise is seen
/// broken, and where the move helps the requests that are there, not the margin alone.
public final class GainBelowThreshold implements Guard<Weighed> {

    /// Gain in served demand, margin included, that is worth taking replicas from the other role.
    public static final double TAKING_GAIN = 0.1;

    /// Gain that is acted on at once; a smaller one waits until a queue has lasted.
    private static final double PLAIN_GAIN = 0.3;

    /// Unserved share of the bare demand that no error of the model explains.
    private static final double PLAIN_SHORTAGE = 0.1;

    @Override
    public Verdict ask(Weighed weighed) {
        var proposal = weighed.proposal();
        double least = weighed.spec().tuning().minGain();
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
        if (!proposal.wanted().takesFrom(weighed.now())) {
            return Verdict.of(
                    Reason.GAIN_BELOW_THRESHOLD, proposal.to().equals(weighed.now()), gain);
        }
        var outlook = weighed.outlook();
        double bareNow = outlook.servedBare(weighed.now());
        double bareGain = outlook.servedBare(proposal.wanted()) - bareNow;
        boolean pressed =
                Evidence.promiseBroken(outlook, weighed.snapshot())
                        || (1 - bareNow > PLAIN_SHORTAGE
                                && Evidence.strained(outlook, weighed.snapshot()));
        boolean plain =
                proposal.gain() > PLAIN_GAIN || Evidence.queuedBefore(outlook, weighed.windows());
        boolean worth = proposal.gain() >= TAKING_GAIN && bareGain >= least;
        return Verdict.of(
                Reason.GAIN_BELOW_THRESHOLD,
                !pressed || !plain || !worth || proposal.to().equals(weighed.now()),
                gain,
                new Figure("least_share", TAKING_GAIN),
                new Figure("gain_without_margin_share", bareGain),
                new Figure("least_without_margin_share", least),
                new Figure("unserved_share", 1 - bareNow),
                new Figure("pressed", pressed ? 1 : 0));
    }
}
