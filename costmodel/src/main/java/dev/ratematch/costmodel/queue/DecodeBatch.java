package dev.ratematch.costmodel.queue;

import java.util.function.DoubleUnaryOperator;

/// Sequences that run at once on a decode engine: Little's law.
public final class DecodeBatch {

    private static final int BISECTIONS = 60;

    private DecodeBatch() {}

    /// Requests per second that a batch ends: `b / (steps x step(b))`.
    ///
    /// @param batch sequences that run, on average
    /// @param steps decode steps of a request
    /// @param stepSeconds seconds of a step of that batch
    public static double requestsPerSecond(double batch, double steps, double stepSeconds) {
        return batch / (steps * stepSeconds);
    }

    /// The batch that gathers at a rate; `most` where that does not carry it.
    ///
    /// @param requestsPerSecond arrivals
    /// @param most sequences that run at most
    /// @param rateOf requests per second that a batch ends, which grows with the batch
    public static double gathering(
            double requestsPerSecond, double most, DoubleUnaryOperator rateOf) {
        double low = 0;
        double high = most;
        for (int i = 0; i < BISECTIONS; i++) {
            double batch = (low + high) / 2;
            if (rateOf.applyAsDouble(batch) < requestsPerSecond) {
                low = batch;
            } else {
                high = batch;
            }
        }
        return high;
    }
}
