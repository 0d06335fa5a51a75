package dev.ratematch.controller.guard;

import java.util.Locale;

/// The model says that all is carried while a promise is measured to be broken, and no queue that
/// is being worked off explains it. Of a promise that no size keeps it never says so.
public final class ModelSuspect implements Guard<Weighed> {

    private static final double MILLIS = 1e3;

    @Override
    public Verdict ask(Weighed weighed) {
        var traffic = weighed.snapshot().traffic();
        var slo = weighed.spec().slo();
        double carried = weighed.outlook().servedBare(weighed.now());
        boolean suspect =
                weighed.proposal() == null
                        && !weighed.plan().unreachable()
                        && Evidence.modelSuspect(
                                weighed.outlook(),
                                weighed.snapshot(),
                                weighed.windows(),
                                weighed.now());
        if (!suspect) {
            return Verdict.passes(Reason.MODEL_SUSPECT, new Figure("carried_share", carried));
        }
        double ttft = traffic.ttftMeanSeconds().orElse(0);
        boolean first = ttft > slo.ttftSeconds();
        double seen = MILLIS * (first ? ttft : traffic.itlMeanSeconds().orElse(0));
        double promised = MILLIS * (first ? slo.ttftSeconds() : slo.itlSeconds());
        String text =
                String.format(
                        Locale.ROOT,
                        "But the mean %s is measured at %.1f ms, the target is %.1f ms, and the"
                                + " model does not explain it. Check model, GPU, parallelism and"
                                + " batch limits.",
                        first ? "TTFT" : "ITL",
                        seen,
                        promised);
        return Verdict.holds(
                Reason.MODEL_SUSPECT,
                text,
                new Figure("carried_share", carried),
                new Figure("measured_ms", seen),
                new Figure("promised_ms", promised));
    }
}
