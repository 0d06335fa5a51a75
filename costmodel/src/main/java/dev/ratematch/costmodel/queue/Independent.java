package dev.ratematch.costmodel.queue;

/// Quantiles of a sum of independent parts: the means add up, and deviations from them by their
/// squares, each with its sign.
public record Independent(double mean, double squares) {

    /// Nothing yet.
    public static final Independent NONE = new Independent(0, 0);

    /// With one part more.
    ///
    /// @param ofMean its mean
    /// @param ofQuantile its quantile, the same for every part
    public Independent plus(double ofMean, double ofQuantile) {
        double deviation = ofQuantile - ofMean;
        return new Independent(mean + ofMean, squares + deviation * Math.abs(deviation));
    }

    /// The quantile of the sum.
    public double quantile() {
        return mean + Math.signum(squares) * StrictMath.sqrt(Math.abs(squares));
    }
}
