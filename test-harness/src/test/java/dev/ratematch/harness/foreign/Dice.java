package dev.ratematch.harness.foreign;

/// Luck from a seed: SplitMix64, the same on every machine.
final class Dice {

    private static final double UNIT = 0x1.0p-53;

    private long state;

    Dice(long seed) {
        this.state = seed * 0x9E3779B97F4A7C15L + 0x632BE59BD9B4E019L;
    }

    private long next() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /// Uniform in 0 to 1, one excluded.
    double uniform() {
        return (next() >>> 11) * UNIT;
    }

    /// Uniform between two numbers.
    double between(double from, double to) {
        return from + (to - from) * uniform();
    }

    /// Exponential with that mean.
    double exponential(double mean) {
        return -mean * StrictMath.log(1 - uniform());
    }

    private double normal() {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform()));
        return radius * StrictMath.cos(2 * Math.PI * uniform());
    }

    /// A length in tokens, lognormal with that mean and coefficient of variation, at least 1.
    int length(double mean, double cv, int most) {
        double variance = StrictMath.log(1 + cv * cv);
        double tokens =
                StrictMath.exp(
                        StrictMath.log(mean) - variance / 2 + Math.sqrt(variance) * normal());
        return (int) Math.max(1, Math.min(most, Math.round(tokens)));
    }
}
