package dev.ratematch.costmodel.calibrate;

import java.util.List;

/// Absolute relative errors, summed up.
///
/// @param count how many
/// @param median their median
/// @param p90 their 90th percentile
public record Errors(int count, double median, double p90) {

    /// Of errors as fractions.
    public static Errors of(List<Double> errors) {
        if (errors.isEmpty()) {
            return new Errors(0, 0, 0);
        }
        double[] sorted = errors.stream().mapToDouble(Math::abs).sorted().toArray();
        int n = sorted.length;
        double median = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
        return new Errors(n, median, sorted[(int) Math.min(n - 1.0, Math.floor(0.9 * n))]);
    }

    /// Of predicted against true figures.
    public static double relative(double predicted, double truth) {
        return predicted / truth - 1;
    }
}
