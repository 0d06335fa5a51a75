package dev.ratematch.costmodel.frontier.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The points that no other one beats in both tokens/s/user and tokens/s/GPU.
///
/// @param points by rising interactivity, and so by falling throughput
public record Frontier(List<Point> points) {

    private static final int BINS = 4096;

    /// A point of the frontier.
    ///
    /// @param interactivity tokens/s/user
    /// @param tokensPerSecondPerGpu output tokens/s/GPU
    /// @param worker index of its worker in the list swept
    /// @param index its index in the sweep
    public record Point(
            double interactivity, double tokensPerSecondPerGpu, int worker, int index) {}

    public Frontier {
        points = List.copyOf(points);
    }

    /// The frontier of a sweep that has been filled. Bins of interactivity are thinned first, so
    /// that a million points need no sort.
    public static Frontier of(Sweep sweep) {
        double fastest = 0;
        for (int i = 0; i < sweep.size(); i++) {
            fastest = Math.max(fastest, sweep.interactivity(i));
        }
        if (fastest == 0) {
            return new Frontier(List.of());
        }
        double[] best = new double[BINS + 1];
        for (int i = 0; i < sweep.size(); i++) {
            int bin = bin(sweep.interactivity(i), fastest);
            best[bin] = Math.max(best[bin], sweep.tokensPerSecondPerGpu(i));
        }
        double[] beaten = new double[BINS + 1];
        for (int bin = BINS - 1; bin >= 0; bin--) {
            beaten[bin] = Math.max(beaten[bin + 1], best[bin + 1]);
        }
        int[] left = new int[1024];
        int count = 0;
        for (int i = 0; i < sweep.size(); i++) {
            double y = sweep.tokensPerSecondPerGpu(i);
            if (y > 0 && y > beaten[bin(sweep.interactivity(i), fastest)]) {
                if (count == left.length) {
                    left = Arrays.copyOf(left, 2 * count);
                }
                left[count++] = i;
            }
        }
        return thinned(sweep, Arrays.copyOf(left, count));
    }

    private static int bin(double interactivity, double fastest) {
        return (int) (interactivity / fastest * BINS);
    }

    private static Frontier thinned(Sweep sweep, int[] candidates) {
        var points = new ArrayList<Point>();
        for (int i : candidates) {
            points.add(
                    new Point(
                            sweep.interactivity(i),
                            sweep.tokensPerSecondPerGpu(i),
                            sweep.worker(i),
                            i));
        }
        points.sort(
                Comparator.comparingDouble(Point::interactivity)
                        .thenComparingDouble(Point::tokensPerSecondPerGpu)
                        .reversed());
        var kept = new ArrayList<Point>();
        double highest = 0;
        for (Point point : points) {
            if (point.tokensPerSecondPerGpu() > highest) {
                highest = point.tokensPerSecondPerGpu();
                kept.add(point);
            }
        }
        return new Frontier(kept.reversed());
    }

    /// The most throughput at no less than an interactivity.
    public Optional<Point> at(double interactivity) {
        return points.stream().filter(p -> p.interactivity() >= interactivity).findFirst();
    }
}
