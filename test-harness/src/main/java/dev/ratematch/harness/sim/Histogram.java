package dev.ratematch.harness.sim;

import java.util.Arrays;

/// A Prometheus histogram: counts per upper bound, sum, count.
public final class Histogram {

    private final double[] bounds;
    private final long[] counts;
    private double sum;
    private long count;

    /// Starts empty.
    ///
    /// @param bounds finite upper bounds, increasing; `+Inf` is implied. Not to be changed
    ///   afterwards: the histograms of a cluster share a few arrays, which then stay in the cache
    public Histogram(double... bounds) {
        this.bounds = bounds;
        this.counts = new long[bounds.length + 1];
    }

    /// Adds one observation.
    public void add(double value) {
        add(value, 1);
    }

    /// Adds several equal observations.
    public void add(double value, long times) {
        int cell = 0;
        while (cell < bounds.length && value > bounds[cell]) {
            cell++;
        }
        counts[cell] += times;
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
    public double[] bounds() {
        return bounds.clone();
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
