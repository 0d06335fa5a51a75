package dev.ratematch.experiments.study;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.experiments.plant.Testbed;
import java.util.Locale;

/// What was asked, as a simulated cluster.
final class Sites {

    private static final String MODEL = "llama-3.1-70b";
    private static final String GPU = "b200";
    private static final String PRECISION = "nvfp4";

    private Sites() {}

    /// The cluster that was asked for, by default the judge's. Engines are those with measured step
    /// times; others are refused when the cluster is made.
    ///
    /// @param gpus the budget where none was given
    static Testbed testbed(Asked asked, int gpus) {
        return Testbed.of(
                asked.model() == null ? MODEL : asked.model().name(),
                asked.gpu() == null ? GPU : asked.gpu().name(),
                asked.precision() == null
                        ? PRECISION
                        : asked.precision().name().toLowerCase(Locale.ROOT),
                asked.gpusOr(gpus),
                asked.seed());
    }

    /// The promise that was asked for.
    static Slo slo(Asked asked, Slo usual) {
        return new Slo(
                asked.ttftOr(usual.ttftSeconds()),
                asked.itlOr(usual.itlSeconds()),
                usual.percentile());
    }
}
