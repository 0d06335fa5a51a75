package dev.ratematch.harness.traffic;

import java.util.Map;
import java.util.TreeMap;

/// How bursty arrivals are.
public final class Dispersion {

    /// Bin widths that reports show, seconds.
    private static final int[] BINS = {1, 10, 60};

    private Dispersion() {}

    /// Variance over mean of the counts in bins of each reported width; 1 is Poisson. Zero where
    /// the trace does not fill two bins.
    public static Map<Integer, Double> of(Trace trace) {
        var result = new TreeMap<Integer, Double>();
        for (int seconds : BINS) {
            result.put(seconds, of(trace, seconds));
        }
        return result;
    }

    /// Variance over mean of the counts in whole bins of some seconds.
    public static double of(Trace trace, int binSeconds) {
        long bin = binSeconds * 1_000_000_000L;
        int bins = (int) (trace.durationNanos() / bin);
        if (bins < 2) {
            return 0;
        }
        var counts = new double[bins];
        for (var request : trace.requests()) {
            long index = request.arrivalNanos() / bin;
            if (index < bins) {
                counts[(int) index]++;
            }
        }
        double sum = 0;
        double squares = 0;
        for (double count : counts) {
            sum += count;
            squares += count * count;
        }
        double mean = sum / bins;
        return mean == 0 ? 0 : (squares / bins - mean * mean) / mean;
    }
}
