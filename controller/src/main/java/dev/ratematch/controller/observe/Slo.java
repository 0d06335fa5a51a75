package dev.ratematch.controller.observe;

import dev.ratematch.costmodel.units.Check;

/// The latency promise.
///
/// @param ttftSeconds time to first token at the percentile, seconds
/// @param itlSeconds inter-token latency at the percentile, seconds
/// @param percentile share of requests that must meet both, percent, 50 to 99.9 wherever it is said
public record Slo(double ttftSeconds, double itlSeconds, double percentile) {

    /// The least percentile: a promise to fewer than half is none.
    public static final double PERCENTILE_MIN = 50;

    /// The largest percentile: windows have too few requests to see more.
    public static final double PERCENTILE_MAX = 99.9;

    public Slo {
        Check.positive("slo.ttft", ttftSeconds);
        Check.positive("slo.itl", itlSeconds);
        Check.within("slo.percentile", percentile, PERCENTILE_MIN, PERCENTILE_MAX);
    }
}
