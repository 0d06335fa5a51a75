package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/// A Prometheus whose clock is set back, so that its past is read as if it were now: what it has
/// stored need not be waited for.
///
/// @param secondsBack how far, asked for at every look at the clock; 0 for the present
public record RewoundSource(PrometheusSource source, DoubleSupplier secondsBack)
        implements PrometheusSource {

    @Override
    public Outcome time() {
        var told = source.time();
        return told instanceof Found(var series, _)
                ? new Found(series.stream().map(this::back).toList())
                : told;
    }

    private RawSeries back(RawSeries clock) {
        double back = secondsBack.getAsDouble();
        return new RawSeries(
                clock.labels(),
                clock.times(),
                Arrays.stream(clock.values()).map(value -> value - back).toArray());
    }

    @Override
    public Outcome query(String expression, double atSeconds) {
        return source.query(expression, atSeconds);
    }
}
