package dev.ratematch.harness.plant;

import dev.ratematch.costmodel.units.Check;
import dev.ratematch.harness.sim.Noise;

/// From placed on a host to serving: the image is pulled once a host, weights are loaded by every
/// replica anew.
///
/// @param imagePullSeconds mean time of a pull, seconds
/// @param imagePullSpread its relative standard deviation, 0 to 0.3
/// @param loadSeconds mean time to start the engine and load its weights, seconds
/// @param loadSpread its relative standard deviation, 0 to 0.3
public record StartUp(
        double imagePullSeconds, double imagePullSpread, double loadSeconds, double loadSpread) {

    private static final double SECONDS = 1e9;

    public StartUp {
        Check.finiteAtLeast("imagePullSeconds", imagePullSeconds, 0);
        Check.within("imagePullSpread", imagePullSpread, 0, 0.3);
        Check.finiteAtLeast("loadSeconds", loadSeconds, 0);
        Check.within("loadSpread", loadSpread, 0, 0.3);
    }

    /// Draws the time of one pull, nanoseconds.
    long pullNanos(Noise noise) {
        return Math.round(SECONDS * imagePullSeconds * noise.factor(imagePullSpread));
    }

    /// Draws the time of one load, nanoseconds.
    long loadNanos(Noise noise) {
        return Math.round(SECONDS * loadSeconds * noise.factor(loadSpread));
    }
}
