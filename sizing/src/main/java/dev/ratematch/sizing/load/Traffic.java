package dev.ratematch.sizing.load;

import dev.ratematch.costmodel.units.Check;

/// How requests come, and how many of them the promises are for.
///
/// @param percentile share of requests that must meet either promise, percent, 50 to 99.9
/// @param dispersion variance over mean of the number of arrivals in a window; 1 is Poisson
/// @param inputCv coefficient of variation of prompt lengths; 0 where all are alike
public record Traffic(double percentile, double dispersion, double inputCv) {

    /// Poisson arrivals of prompts that are alike, promised to 95 of 100.
    public static final Traffic USUAL = new Traffic(95, 1, 0);

    public Traffic {
        Check.within("--percentile", percentile, 50, 99.9);
        Check.within("--dispersion", dispersion, 0, 1000);
        Check.within("--isl-cv", inputCv, 0, 10);
    }
}
