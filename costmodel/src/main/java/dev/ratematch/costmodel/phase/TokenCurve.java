package dev.ratematch.costmodel.phase;

import java.util.function.DoubleUnaryOperator;

/// A latency over the number of tokens, sampled on four nodes per octave and linear between them,
/// so that the node is found from the bits of the argument.
final class TokenCurve {

    private static final int OCTAVES = 21;
    private static final int NODES = 4 * OCTAVES + 1;

    private final double[] values;

    private TokenCurve(double[] values) {
        this.values = values;
    }

    /// Samples `latency` from 1 to 2 M tokens.
    static TokenCurve sample(DoubleUnaryOperator latency) {
        double[] values = new double[NODES];
        for (int i = 0; i < NODES; i++) {
            values[i] = latency.applyAsDouble(node(i));
        }
        return new TokenCurve(values);
    }

    /// With another latency on top.
    TokenCurve plus(DoubleUnaryOperator latency) {
        double[] sums = new double[NODES];
        for (int i = 0; i < NODES; i++) {
            sums[i] = values[i] + latency.applyAsDouble(node(i));
        }
        return new TokenCurve(sums);
    }

    /// Latency at `tokens`; below one token that of one, beyond the end along the last slope.
    double at(double tokens) {
        double m = Math.max(1, tokens);
        int octave = Math.getExponent(m);
        int i = Math.min(NODES - 2, 4 * octave + (int) ((Math.scalb(m, -octave) - 1) * 4));
        double left = node(i);
        double share = (m - left) / (node(i + 1) - left);
        return values[i] + share * (values[i + 1] - values[i]);
    }

    private static double node(int i) {
        return Math.scalb(1 + (i % 4) / 4.0, i / 4);
    }
}
