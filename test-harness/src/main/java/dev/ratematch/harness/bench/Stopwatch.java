package dev.ratematch.harness.bench;

import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongSupplier;

/// Repeats a piece of work for a while and keeps the median: a third of the time warms up, the rest
/// is measured, five runs at least.
public final class Stopwatch {

    private static final double NANOS = 1e9;
    private static final double MICROS_PER_NANO = 1e-3;
    private static final double WARM_UP_SHARE = 1 / 3.0;
    private static final double BATCH_NANOS = 5e6;
    private static final int RUNS_MIN = 5;

    /// Calls of a run: in all, and beyond the quantile.
    private static final int CALLS_MIN = 50;

    private static final double CALLS_BEYOND = 3;

    private final LongSupplier nanoClock;
    private final double seconds;
    private double sink;

    /// A stopwatch.
    ///
    /// @param nanoClock monotonic nanoseconds
    /// @param seconds to spend on one figure
    public Stopwatch(LongSupplier nanoClock, double seconds) {
        Check.positive("--seconds", seconds);
        this.nanoClock = nanoClock;
        this.seconds = seconds;
    }

    /// Units of work in a second.
    ///
    /// @param unitsPerCall what one call counts for
    /// @param work returns something of its result, so that it cannot be optimised away
    public Figure rate(String name, String unit, double unitsPerCall, IntToDoubleFunction work) {
        var nanos = batches(work);
        double[] rates = nanos.stream().mapToDouble(n -> unitsPerCall * NANOS / n).toArray();
        return figure(name, unit, rates);
    }

    /// Microseconds of one call.
    public Figure latency(String name, IntToDoubleFunction work) {
        double[] micros = batches(work).stream().mapToDouble(n -> n * MICROS_PER_NANO).toArray();
        return figure(name, "us", micros);
    }

    /// Rates of work that returns its own count of units, one run a call.
    public Figure counted(String name, String unit, DoubleSupplier work) {
        spend(seconds * WARM_UP_SHARE, 1, work);
        var rates = new ArrayList<Double>();
        spend(
                seconds * (1 - WARM_UP_SHARE),
                RUNS_MIN,
                () -> {
                    long start = nanoClock.getAsLong();
                    double units = work.getAsDouble();
                    rates.add(units * NANOS / Math.max(1, nanoClock.getAsLong() - start));
                    return units;
                });
        return figure(name, unit, rates.stream().mapToDouble(r -> r).toArray());
    }

    /// Microseconds of a quantile of single calls, each timed by itself. A run is as many calls as
    /// the quantile needs to mean something.
    public Figure quantile(String name, double share, IntToDoubleFunction work) {
        int calls = (int) Math.max(CALLS_MIN, Math.ceil(CALLS_BEYOND / (1 - share)));
        DoubleSupplier run =
                () -> {
                    double[] micros = new double[calls];
                    for (int i = 0; i < calls; i++) {
                        long start = nanoClock.getAsLong();
                        sink += work.applyAsDouble(i);
                        micros[i] = (nanoClock.getAsLong() - start) * MICROS_PER_NANO;
                    }
                    Arrays.sort(micros);
                    return quantile(micros, share);
                };
        spend(seconds * WARM_UP_SHARE, 1, run);
        var values = new ArrayList<Double>();
        spend(
                seconds * (1 - WARM_UP_SHARE),
                RUNS_MIN,
                () -> {
                    double value = run.getAsDouble();
                    values.add(value);
                    return value;
                });
        return figure(name, "us", values.stream().mapToDouble(v -> v).toArray());
    }

    /// The value below which a share of sorted values lies.
    static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    /// Nanoseconds of one call, averaged over batches long enough for the clock.
    private List<Double> batches(IntToDoubleFunction work) {
        int[] size = {1};
        spend(
                seconds * WARM_UP_SHARE,
                1,
                () -> {
                    double nanos = batch(work, size[0]);
                    if (nanos * size[0] < BATCH_NANOS) {
                        size[0] *= 2;
                    }
                    return nanos;
                });
        var nanos = new ArrayList<Double>();
        spend(
                seconds * (1 - WARM_UP_SHARE),
                RUNS_MIN,
                () -> {
                    double one = batch(work, size[0]);
                    nanos.add(one);
                    return one;
                });
        return nanos;
    }

    private double batch(IntToDoubleFunction work, int calls) {
        long start = nanoClock.getAsLong();
        for (int i = 0; i < calls; i++) {
            sink += work.applyAsDouble(i);
        }
        return Math.max(1.0, (double) (nanoClock.getAsLong() - start)) / calls;
    }

    private void spend(double budgetSeconds, int runsMin, DoubleSupplier work) {
        long start = nanoClock.getAsLong();
        int runs = 0;
        while (runs < runsMin || nanoClock.getAsLong() - start < budgetSeconds * NANOS) {
            sink += work.getAsDouble();
            runs++;
        }
    }

    private static Figure figure(String name, String unit, double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double median = quantile(sorted, 0.5);
        double half = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2;
        return new Figure(name, median, unit, 100 * half / median, sorted.length);
    }

    /// What all work returned, added up; reading it keeps the work alive.
    public double sink() {
        return sink;
    }
}
