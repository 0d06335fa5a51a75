package dev.ratematch.controller.telemetry.prometheus;

/// A Prometheus, or what answers like one. Failures are outcomes, never exceptions.
public interface PrometheusSource {

    /// The time there.
    Outcome time();

    /// What an expression yields, evaluated at that time.
    ///
    /// @param atSeconds on the source's clock, since 1970
    Outcome query(String expression, double atSeconds);
}
