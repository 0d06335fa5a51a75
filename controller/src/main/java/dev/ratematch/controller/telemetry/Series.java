package dev.ratematch.controller.telemetry;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The identity of one time series: a name and labels, in whatever order they were written.
public final class Series {

    private final String name;
    private final String[] labels;
    private final double upperBound;
    private final boolean cumulative;
    private final int hash;

    /// @param sortedLabels names and values in turn, sorted by name, no name twice
    /// @param counter whether it is known to be one, whatever its name says
    Series(String name, String[] sortedLabels, boolean counter) {
        this.name = name;
        this.labels = sortedLabels;
        var le = label("le");
        this.upperBound = le == null ? Double.NaN : bound(le);
        this.cumulative =
                counter
                        || name.endsWith("_total")
                        || name.endsWith("_bucket")
                        || name.endsWith("_count");
        this.hash = 31 * name.hashCode() + Arrays.hashCode(sortedLabels);
    }

    /// A series from its parts.
    ///
    /// @param counter whether it only grows while its process lives; names that say so need not
    public static Series of(String name, Map<String, String> labels, boolean counter) {
        return new Series(name, SeriesText.flat(new TreeMap<>(labels)), counter);
    }

    private static double bound(String le) {
        try {
            return Numbers.parse(le, 0, le.length());
        } catch (NumberFormatException _) {
            return Double.NaN;
        }
    }

    /// The metric name as written, suffix included.
    public String name() {
        return name;
    }

    /// The value of a label, or nothing.
    public @Nullable String label(String wanted) {
        for (int i = 0; i < labels.length; i += 2) {
            if (labels[i].equals(wanted)) {
                return labels[i + 1];
            }
        }
        return null;
    }

    /// All labels but the bound and those named, as one text: what tells series of a family apart.
    String labelsWithout(Collection<String> left) {
        var text = new StringBuilder();
        for (int i = 0; i < labels.length; i += 2) {
            if (!labels[i].equals("le") && !left.contains(labels[i])) {
                text.append(labels[i]).append('=').append(labels[i + 1]).append('\n');
            }
        }
        return text.toString();
    }

    /// All labels, sorted by name.
    public Map<String, String> labels() {
        var all = new LinkedHashMap<String, String>();
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        return Collections.unmodifiableMap(all);
    }

    /// The number in the label `le`, whatever its spelling; NaN when there is none.
    public double upperBound() {
        return upperBound;
    }

    /// Whether the value only grows while the process lives.
    boolean cumulative() {
        return cumulative;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Series that
                        && hash == that.hash
                        && name.equals(that.name)
                        && Arrays.equals(labels, that.labels));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return name + labels();
    }
}
