package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Check;
import java.util.List;
import java.util.SplittableRandom;

/// Token lengths drawn from a table of quantiles: between two of them the logarithm of the length
/// runs along a curve whose bend is chosen so that the mean is right, too.
final class Lengths {

    /// One known point of a distribution.
    ///
    /// @param share share of requests that are no longer, 0 to 1
    /// @param tokens length there, tokens, at least 1
    record Quantile(double share, double tokens) {

        Quantile {
            Check.within("share", share, 0, 1);
            Check.finiteAtLeast("tokens", tokens, 1);
        }
    }

    private static final int BISECTIONS = 40;
    private static final int MEAN_POINTS = 200;
    private static final double BEND_MIN = 0.05;
    private static final double BEND_MAX = 20;

    private final double[] shares;
    private final double[] logs;
    private final double bend;

    private Lengths(List<Quantile> table, double bend) {
        shares = table.stream().mapToDouble(Quantile::share).toArray();
        logs = table.stream().mapToDouble(q -> StrictMath.log(q.tokens())).toArray();
        this.bend = bend;
    }

    /// Lengths between two bounds, every order of magnitude alike.
    static Lengths between(int minTokens, int maxTokens) {
        return new Lengths(List.of(new Quantile(0, minTokens), new Quantile(1, maxTokens)), 1);
    }

    /// The same length always.
    static Lengths fixed(int tokens) {
        return between(tokens, tokens);
    }

    /// Lengths with the statistics that traces are published with, tokens. The smallest length,
    /// which is not published, is taken as a tenth of the median.
    static Lengths published(double mean, double p50, double p90, double p99, double max) {
        var table =
                List.of(
                        new Quantile(0, Math.max(1, p50 / 10)),
                        new Quantile(0.5, p50),
                        new Quantile(0.9, p90),
                        new Quantile(0.99, p99),
                        new Quantile(1, max));
        // More bend keeps lengths near the lower quantile for longer, so the mean falls with it.
        double low = BEND_MIN;
        double high = BEND_MAX;
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = StrictMath.sqrt(low * high);
            if (new Lengths(table, middle).meanTokens() > mean) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return new Lengths(table, StrictMath.sqrt(low * high));
    }

    /// Draws one length, tokens.
    int draw(SplittableRandom random) {
        return (int) Math.max(1, Math.round(at(random.nextDouble())));
    }

    /// Length that a share of requests does not exceed, tokens.
    double at(double share) {
        int upper = 1;
        while (upper < shares.length - 1 && share > shares[upper]) {
            upper++;
        }
        double part = (share - shares[upper - 1]) / (shares[upper] - shares[upper - 1]);
        return along(upper, part);
    }

    private double along(int upper, double part) {
        double low = logs[upper - 1];
        return StrictMath.exp(low + StrictMath.pow(part, bend) * (logs[upper] - low));
    }

    private double meanTokens() {
        double mean = 0;
        for (int upper = 1; upper < shares.length; upper++) {
            double sum = 0;
            for (int i = 0; i < MEAN_POINTS; i++) {
                sum += along(upper, (i + 0.5) / MEAN_POINTS);
            }
            mean += sum / MEAN_POINTS * (shares[upper] - shares[upper - 1]);
        }
        return mean;
    }
}
