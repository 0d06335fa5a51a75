package dev.ratematch.controller.telemetry;

/// Reads metrics text once: Prometheus 0.0.4 or OpenMetrics 1.0. For many bodies of the same kind
/// an [ExpositionParser] is faster, because it remembers the series.
public final class Exposition {

    private Exposition() {}

    /// The whole body with its comments.
    ///
    /// @throws ExpositionException when it is something else, or a line cannot be read
    public static Scrape parse(CharSequence body) {
        return ExpositionParser.everything().parse(body.toString());
    }
}
