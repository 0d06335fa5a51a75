package dev.ratematch.harness.sim;

import java.util.Arrays;

/// A Prometheus histogram: counts per upper bound, sum, count.
public final class Histogram {

    private final UpperBounds bounds;
    private final long[] counts;
    private double sum;
    private long count;

    /// Starts empty.
    ///
    /// @param bounds upper bounds; `+Inf` is implied
    public Histogram(UpperBounds bounds) {
        this.bounds = bounds;
        this.counts = new long[bounds.size() + 1];
    }

    /// Adds one observation.
    public void add(double value) {
        add(value, 1);
    }

    /// Adds several equal observations.
    public void add(double value, long times) {
        counts[bounds.cell(value)] += times;
        count += times;
        sum += value * times;
    }

    /// Forgets every observation.
    public void reset() {
        Arrays.fill(counts, 0);
        sum = 0;
        count = 0;
    }

    /// Upper bounds without `+Inf`.
    public UpperBounds bounds() {
        return bounds;
    }

    /// Observations at or below each bound, and at last all of them.
    public long[] cumulative() {
        var result = new long[counts.length];
        long running = 0;
        for (int i = 0; i < counts.length; i++) {
            running += counts[i];
            result[i] = running;
        }
        return result;
    }

    /// Sum of all observations.
    public double sum() {
        return sum;
    }

    /// How many observations.
    public long count() {
        return count;
    }
}
