package dev.ratematch.controller.telemetry;

/// One line of metrics text.
///
/// @param value the number as written; may be NaN or infinite
/// @param timestampSeconds the line's own time, seconds since 1970; NaN when it has none
public record Sample(Series series, double value, double timestampSeconds) {}
