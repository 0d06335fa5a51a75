package dev.ratematch.controller.telemetry;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One parsed body, in the order of its lines. Immutable.
public final class Scrape {

    private static final int[] NONE = {};

    private final Series[] series;
    private final double[] values;
    private final double @Nullable [] timestamps;
    private final Map<String, MetricFamily> families;
    private final boolean openMetrics;
    private final Map<String, int[]> byName;

    Scrape(
            Series[] series,
            double[] values,
            double @Nullable [] timestamps,
            Map<String, MetricFamily> families,
            boolean openMetrics) {
        this.series = series;
        this.values = values;
        this.timestamps = timestamps;
        this.families = Collections.unmodifiableMap(families);
        this.openMetrics = openMetrics;
        this.byName = index(series);
    }

    /// A body of these samples, from wherever they come.
    public static Scrape of(List<Sample> samples) {
        var series = new Series[samples.size()];
        var values = new double[series.length];
        for (int i = 0; i < series.length; i++) {
            series[i] = samples.get(i).series();
            values[i] = samples.get(i).value();
        }
        return new Scrape(series, values, null, Map.of(), false);
    }

    /// Lines of one name stand together as a rule, so runs are collected, not single lines.
    private static Map<String, int[]> index(Series[] series) {
        var map = new HashMap<String, int[]>();
        int from = 0;
        while (from < series.length) {
            String name = series[from].name();
            int to = from + 1;
            while (to < series.length && series[to].name().equals(name)) {
                to++;
            }
            var before = map.getOrDefault(name, NONE);
            var all = Arrays.copyOf(before, before.length + to - from);
            for (int i = from; i < to; i++) {
                all[before.length + i - from] = i;
            }
            map.put(name, all);
            from = to;
        }
        return map;
    }

    /// How many samples it holds.
    public int size() {
        return series.length;
    }

    /// All samples in the order of their lines.
    public List<Sample> samples() {
        return new AbstractList<>() {
            @Override
            public Sample get(int index) {
                return sample(index);
            }

            @Override
            public int size() {
                return series.length;
            }
        };
    }

    /// The samples of one name, suffix included.
    public List<Sample> named(String name) {
        var out = new ArrayList<Sample>();
        for (int index : indices(name)) {
            out.add(sample(index));
        }
        return out;
    }

    /// The names of its samples, suffixes included, in no order.
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /// Whether any sample has this name.
    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /// The value of the first sample with this name and these labels, given as name and value in
    /// turn; NaN counts as a value.
    public OptionalDouble value(String name, String... labels) {
        for (int index : indices(name)) {
            boolean fits = true;
            for (int i = 0; fits && i < labels.length; i += 2) {
                fits = labels[i + 1].equals(series[index].label(labels[i]));
            }
            if (fits) {
                return OptionalDouble.of(values[index]);
            }
        }
        return OptionalDouble.empty();
    }

    /// What the comments say about a family, when they were kept.
    public Optional<MetricFamily> family(String name) {
        return Optional.ofNullable(families.get(name));
    }

    /// All families with a comment, in the order of their first one.
    public List<MetricFamily> families() {
        return List.copyOf(families.values());
    }

    /// Whether the body ended as OpenMetrics does.
    public boolean openMetrics() {
        return openMetrics;
    }

    int[] indices(String name) {
        return byName.getOrDefault(name, NONE);
    }

    Series series(int index) {
        return series[index];
    }

    double value(int index) {
        return values[index];
    }

    /// The value of a series, NaN when absent. Two bodies of one process have the same order, so
    /// the same place is tried first.
    double value(Series wanted, int hint) {
        if (hint < series.length && series[hint].equals(wanted)) {
            return values[hint];
        }
        for (int index : indices(wanted.name())) {
            if (series[index].equals(wanted)) {
                return values[index];
            }
        }
        return Double.NaN;
    }

    private Sample sample(int index) {
        return new Sample(
                series[index], values[index], timestamps == null ? Double.NaN : timestamps[index]);
    }
}
