package dev.ratematch.controller.observe;

import dev.ratematch.costmodel.units.Check;

/// The latency promise.
///
/// @param ttftSeconds time to first token at the percentile, seconds
/// @param itlSeconds inter-token latency at the percentile, seconds
/// @param percentile share of requests that must meet both, percent in (0, 100)
public record Slo(double ttftSeconds, double itlSeconds, double percentile) {

    public Slo {
        Check.positive("slo.ttft", ttftSeconds);
        Check.positive("slo.itl", itlSeconds);
        Check.within("slo.percentile", percentile, 1, 99.99);
    }
}
