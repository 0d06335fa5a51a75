package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.telemetry.dialect.Matcher;
import dev.ratematch.controller.telemetry.dialect.Metric;
import dev.ratematch.controller.telemetry.dialect.Reference;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads one metric of one body, in our units: series that pass are added up, those of ranks that
/// tell the same count once.
final class Readout {

    private Readout() {}

    /// The value of a counter or a gauge; zero when it has no series.
    static double value(Scrape scrape, Metric metric) {
        if (!metric.labels().isEmpty()) {
            return inLabels(scrape, metric);
        }
        return metric.scale()
                * (metric.times().isEmpty()
                        ? total(scrape, metric.of(), metric.maxOver())
                        : product(scrape, metric));
    }

    /// Mean over the series, for shares.
    static double mean(Scrape scrape, Metric metric) {
        var of = metric.of();
        int count = 0;
        for (int index : scrape.indices(of.name())) {
            count += of.fits(scrape.series(index)::label) ? 1 : 0;
        }
        if (count > 1 && !metric.maxOver().isEmpty()) {
            count = highest(scrape, of, metric.maxOver()).size();
        }
        return value(scrape, metric) / Math.max(1, count);
    }

    /// The values of a label on the series of a metric; empty for a series without it.
    static Set<String> values(Scrape scrape, Metric metric, String label) {
        var found = new HashSet<String>();
        String suffix = metric.type() == Metric.Type.HISTOGRAM ? "_count" : "";
        for (int index : scrape.indices(metric.of().name() + suffix)) {
            String value = scrape.series(index).label(label);
            found.add(value == null ? "" : value);
        }
        return found;
    }

    /// A histogram; of one counter over others one without buckets.
    static Histogram histogram(Scrape scrape, Metric metric) {
        if (metric.ratio()) {
            double count = 0;
            for (var part : metric.over()) {
                count += total(scrape, part, metric.maxOver());
            }
            return Histogram.of(new double[0], new double[0], value(scrape, metric), count);
        }
        return Histogram.of(scrape, metric.of().name(), which(scrape, metric))
                .scaled(metric.scale());
    }

    /// Each series times those of its own labels; a factor that has one series only is all's.
    private static double product(Scrape scrape, Metric metric) {
        double sum = 0;
        for (int index : highest(scrape, metric.of(), metric.maxOver()).values()) {
            double product = scrape.value(index);
            String own = scrape.series(index).labelsWithout(told(metric.of()));
            for (var factor : metric.times()) {
                var found = highest(scrape, factor, metric.maxOver()).values();
                double shared = 0;
                for (int other : found) {
                    boolean same = scrape.series(other).labelsWithout(told(factor)).equals(own);
                    shared += same || found.size() == 1 ? scrape.value(other) : 0;
                }
                product *= shared;
            }
            sum += product;
        }
        return sum;
    }

    private static List<String> told(Reference of) {
        return of.matchers().stream().map(Matcher::label).toList();
    }

    /// The numbers stand in labels: one series an engine, its value always 1.
    private static double inLabels(Scrape scrape, Metric metric) {
        double sum = 0;
        for (int index : scrape.indices(metric.of().name())) {
            if (metric.of().fits(scrape.series(index)::label)) {
                sum += metric.scale() * inLabels(scrape.series(index)::label, metric.labels());
            }
        }
        return sum;
    }

    /// The label that states the whole, where there is one and it is a number; else the product.
    private static double inLabels(
            Function<String, @Nullable String> labelled, List<String> labels) {
        double product = 1;
        for (String label : labels) {
            if (label.startsWith(Metric.WHOLE)) {
                double whole = number(labelled.apply(label.substring(Metric.WHOLE.length())));
                if (Double.isFinite(whole)) {
                    return whole;
                }
            } else {
                product *= number(labelled.apply(label));
            }
        }
        return product;
    }

    private static double number(@Nullable String text) {
        try {
            return text == null ? Double.NaN : Numbers.parse(text, 0, text.length());
        } catch (NumberFormatException _) {
            return Double.NaN;
        }
    }

    private static double total(Scrape scrape, Reference of, List<String> maxOver) {
        if (!maxOver.isEmpty() && scrape.indices(of.name()).length > 1) {
            double total = 0;
            for (int index : highest(scrape, of, maxOver).values()) {
                total += scrape.value(index);
            }
            return total;
        }
        double total = 0;
        boolean all = of.matchers().isEmpty();
        for (int index : scrape.indices(of.name())) {
            if (all || of.fits(scrape.series(index)::label)) {
                total += scrape.value(index);
            }
        }
        return total;
    }

    /// Of series that differ in their rank only, the one with the highest value.
    private static Map<String, Integer> highest(Scrape scrape, Reference of, List<String> ranks) {
        var highest = new LinkedHashMap<String, Integer>();
        for (int index : scrape.indices(of.name())) {
            var series = scrape.series(index);
            if (of.fits(series::label)) {
                highest.merge(
                        series.labelsWithout(ranks),
                        index,
                        (a, b) -> scrape.value(b) > scrape.value(a) ? b : a);
            }
        }
        return highest;
    }

    private static Predicate<Series> which(Scrape scrape, Metric metric) {
        var of = metric.of();
        if (metric.maxOver().isEmpty()) {
            return of.matchers().isEmpty() ? _ -> true : series -> of.fits(series::label);
        }
        var counts = of.named(of.name() + "_count");
        Set<String> counted = new HashSet<>();
        for (int index : highest(scrape, counts, metric.maxOver()).values()) {
            counted.add(scrape.series(index).labelsWithout(List.of()));
        }
        return series -> counted.contains(series.labelsWithout(List.of()));
    }
}
