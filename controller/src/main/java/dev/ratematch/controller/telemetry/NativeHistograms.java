package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.telemetry.dialect.Metric;

/// Histograms that a Prometheus keeps in its own form, under their base name and without `_bucket`,
/// `_sum` and `_count`: raw samples of them hold no numbers that a scrape had.
public final class NativeHistograms {

    /// What is wrong, for people, after the name.
    public static final String WHY =
            "is stored as a native histogram only: other metrics of these pods are there, but no"
                    + " _bucket, _sum and _count of any";

    /// What to change.
    public static final String FIX =
            "let Prometheus keep classic histograms (always_scrape_classic_histograms: true; no"
                    + " convert_classic_histograms_to_nhcb), and no metric_relabel_configs drop them";

    private NativeHistograms() {}

    /// Whether a body that has counted something has gauges and counters but no histogram.
    static boolean only(Scrape scrape) {
        boolean counted = false;
        for (int i = 0; i < scrape.size(); i++) {
            var series = scrape.series(i);
            String name = series.name();
            if (name.endsWith("_bucket") || name.endsWith("_sum") || name.endsWith("_count")) {
                return false;
            }
            counted |= series.cumulative() && scrape.value(i) > 0;
        }
        return counted;
    }

    /// Why a metric is not there; empty when its being a native histogram is not it.
    static String why(Metric metric, boolean only) {
        return only && metric.type() == Metric.Type.HISTOGRAM
                ? "%s %s; %s".formatted(metric.of().name(), WHY, FIX)
                : "";
    }
}
