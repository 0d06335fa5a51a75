package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Check;
import java.util.SplittableRandom;

/// How the rate of arrivals wanders around its mean, second by second. Arrivals are Poisson given
/// the rate, so all dispersion above 1 comes from here. A variance of `v` that lasts much longer
/// than a bin adds `v` times the bin's mean count to that bin's dispersion.
sealed interface Intensity {

    /// Factors on the mean rate, one a second, with mean 1 over all of them.
    ///
    /// @param seconds how many, at least 1
    double[] factors(int seconds, SplittableRandom random);

    /// Poisson arrivals.
    static Intensity constant() {
        return new Drifting(0, 1, 0, 1);
    }

    /// A log-normal rate: a product of two AR(1) processes, a quick one and a slow one.
    ///
    /// @param quickVariance relative variance of the quick factor, at least 0
    /// @param quickSeconds its correlation time, greater than 0
    /// @param slowVariance relative variance of the slow factor, at least 0
    /// @param slowSeconds its correlation time, greater than 0
    record Drifting(
            double quickVariance, double quickSeconds, double slowVariance, double slowSeconds)
            implements Intensity {

        // Correlation times that a trace must last for its walk to show its whole variance.
        private static final double WALK_MIN = 6;

        public Drifting {
            Check.finiteAtLeast("quickVariance", quickVariance, 0);
            Check.positive("quickSeconds", quickSeconds);
            Check.finiteAtLeast("slowVariance", slowVariance, 0);
            Check.positive("slowSeconds", slowSeconds);
        }

        @Override
        public double[] factors(int seconds, SplittableRandom random) {
            double[] logs = new double[seconds];
            addWalk(logs, quickVariance, quickSeconds, random);
            addWalk(logs, slowVariance, slowSeconds, random);
            for (int i = 0; i < seconds; i++) {
                logs[i] = StrictMath.exp(logs[i]);
            }
            return withMeanOne(logs);
        }

        private static void addWalk(
                double[] logs, double variance, double lastsSeconds, SplittableRandom random) {
            double deviation = StrictMath.sqrt(StrictMath.log1p(variance));
            double kept = StrictMath.exp(-1 / lastsSeconds);
            double fresh = StrictMath.sqrt(1 - kept * kept);
            double[] states = new double[logs.length];
            double state = normal(random);
            for (int i = 0; i < states.length; i++) {
                states[i] = state;
                state = kept * state + fresh * normal(random);
            }
            if (states.length >= WALK_MIN * lastsSeconds) {
                standardise(states);
            }
            for (int i = 0; i < logs.length; i++) {
                logs[i] += deviation * states[i];
            }
        }

        /// A slow walk takes few independent values in one trace; without this their variance, and
        /// so the dispersion, would differ from seed to seed by more than the shape allows.
        private static void standardise(double[] states) {
            double sum = 0;
            double squares = 0;
            for (double state : states) {
                sum += state;
                squares += state * state;
            }
            double mean = sum / states.length;
            double deviation = StrictMath.sqrt(squares / states.length - mean * mean);
            for (int i = 0; i < states.length; i++) {
                states[i] = (states[i] - mean) / deviation;
            }
        }

        /// Box and Muller's, of the reproducible functions only.
        private static double normal(SplittableRandom random) {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
            return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
        }
    }

    /// Bursts and silence, both of exponential length.
    ///
    /// @param burstSeconds mean length of a burst, greater than 0
    /// @param silenceSeconds mean length of a silence, greater than 0
    record Bursts(double burstSeconds, double silenceSeconds) implements Intensity {

        public Bursts {
            Check.positive("burstSeconds", burstSeconds);
            Check.positive("silenceSeconds", silenceSeconds);
        }

        @Override
        public double[] factors(int seconds, SplittableRandom random) {
            double[] active = new double[seconds];
            double at = 0;
            // A burst comes first, so that even a short trace holds requests.
            while (at < seconds) {
                double end = Math.min(seconds, at + length(burstSeconds, random));
                for (int i = (int) at; i < end; i++) {
                    active[i] += Math.min(end, i + 1) - Math.max(at, i);
                }
                at = end + length(silenceSeconds, random);
            }
            return withMeanOne(active);
        }

        private static double length(double meanSeconds, SplittableRandom random) {
            return -meanSeconds * StrictMath.log(1 - random.nextDouble());
        }
    }

    private static double[] withMeanOne(double[] factors) {
        double sum = 0;
        for (double factor : factors) {
            sum += factor;
        }
        for (int i = 0; i < factors.length; i++) {
            factors[i] *= factors.length / sum;
        }
        return factors;
    }
}
