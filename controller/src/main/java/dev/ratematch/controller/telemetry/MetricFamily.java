package dev.ratematch.controller.telemetry;

/// What the comments of metrics text say about a family.
///
/// @param name as on the TYPE or HELP line; OpenMetrics leaves `_total` off there
/// @param help unescaped; empty when there is none
/// @param unit OpenMetrics only; empty when there is none
public record MetricFamily(String name, Type type, String help, String unit) {

    /// The types of both formats.
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM,
        GAUGEHISTOGRAM,
        SUMMARY,
        INFO,
        STATESET,
        UNTYPED
    }
}
