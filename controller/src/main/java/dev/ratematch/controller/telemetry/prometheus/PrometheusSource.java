package dev.ratematch.controller.telemetry.prometheus;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/// A Prometheus, or what answers like one. Failures are outcomes, never exceptions.
public interface PrometheusSource {

    /// The time there.
    Outcome time();

    /// What an expression yields, evaluated at that time.
    ///
    /// @param atSeconds on the source's clock, since 1970
    Outcome query(String expression, double atSeconds);

    /// The same, looked at from another time than the present: what it holds of the past.
    ///
    /// @param clock that time, seconds since 1970
    default PrometheusSource at(DoubleSupplier clock) {
        var present = this;
        return new PrometheusSource() {
            @Override
            public Outcome time() {
                double now = clock.getAsDouble();
                return new Outcome.Found(
                        List.of(
                                new Outcome.RawSeries(
                                        Map.of(), new double[] {now}, new double[] {now})));
            }

            @Override
            public Outcome query(String expression, double atSeconds) {
                return present.query(expression, atSeconds);
            }
        };
    }
}
