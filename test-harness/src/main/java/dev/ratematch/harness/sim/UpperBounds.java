package dev.ratematch.harness.sim;

import java.util.Arrays;
import java.util.List;

/// The finite upper bounds of a histogram's cells, increasing, and how they are written; above the
/// last lies one cell more. The histograms of a cluster share a few of these, which then stay in
/// the cache.
public final class UpperBounds {

    private final double[] bounds;
    private final List<String> texts;

    private UpperBounds(double[] bounds) {
        this.bounds = bounds;
        this.texts = Arrays.stream(bounds).mapToObj(UpperBounds::text).toList();
    }

    /// Such bounds.
    ///
    /// @throws IllegalArgumentException where they do not increase
    public static UpperBounds of(double... bounds) {
        for (int i = 1; i < bounds.length; i++) {
            if (!(bounds[i] > bounds[i - 1])) {
                throw new IllegalArgumentException(
                        "upper bound (%s) must be above the one before it (%s)."
                                .formatted(bounds[i], bounds[i - 1]));
            }
        }
        return new UpperBounds(bounds.clone());
    }

    private static String text(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    /// How many there are.
    public int size() {
        return bounds.length;
    }

    /// One of them as the Prometheus text format has it here: whole numbers without a point.
    public String text(int index) {
        return texts.get(index);
    }

    /// Index of the first bound that a number is not above; their count where it is above all.
    int cell(double value) {
        int cell = 0;
        while (cell < bounds.length && value > bounds[cell]) {
            cell++;
        }
        return cell;
    }
}
