package dev.ratematch.harness.sim;

import java.util.SplittableRandom;

/// Seeded randomness with nothing but additions and multiplications, so that the same seed gives
/// the same bytes on every machine.
public final class Noise {

    private static final double SQRT_3 = 1.7320508075688772;
    private static final double DEVIATIONS_MAX = 3;

    private final SplittableRandom random;

    /// A stream of its own.
    public Noise(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /// A uniform number in `[0, 1)`.
    public double uniform() {
        return random.nextDouble();
    }

    /// A factor around 1: nearly normal (four uniform numbers), cut at three deviations.
    ///
    /// @param spread standard deviation, 0 to 0.3
    public double factor(double spread) {
        if (spread == 0) {
            return 1;
        }
        double sum = uniform() + uniform() + uniform() + uniform() - 2;
        double deviations = Math.clamp(SQRT_3 * sum, -DEVIATIONS_MAX, DEVIATIONS_MAX);
        return 1 + spread * deviations;
    }

    /// A stream derived from this one.
    public Noise split() {
        return new Noise(random.nextLong());
    }
}
