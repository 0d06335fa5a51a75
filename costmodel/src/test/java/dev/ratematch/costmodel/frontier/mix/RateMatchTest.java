package dev.ratematch.costmodel.frontier.mix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class RateMatchTest {

    private static final double ANSWER = 1024;

    /// Rates per GPU of the published GB200 runs and the ratio that experts chose for them.
    @Test
    void yieldsTheRatiosThatExpertsChose() {
        double perPrefill = 18_300 / 8192.0;
        double[][] measured = {{5.53, 2.5}, {4.59, 2}, {1.93, 0.88}, {0.61, 0.25}};
        for (double[] row : measured) {
            var match =
                    RateMatch.of(
                            new WorkerRate("dep4", 4, 4 * perPrefill),
                            new WorkerRate("dep16", 16, 16 * row[0]),
                            ANSWER);
            assertThat(match.ratio()).isCloseTo(row[1], within(0.1 * row[1]));
        }
    }

    @Test
    void takesTheSmallestFractionWithinTheTolerance() {
        for (double ratio = 0.01; ratio < 40; ratio *= 1.037) {
            long q = RateMatch.denominator(ratio, 0.03);
            assertThat(Math.max(1, Math.round(ratio * q)) / (ratio * q)).isCloseTo(1, within(0.03));
            for (long smaller = 1; smaller < q; smaller++) {
                double p = Math.max(1, Math.round(ratio * smaller));
                assertThat(Math.abs(p / (ratio * smaller) - 1)).isGreaterThan(0.03);
            }
        }
    }

    /// What the printed Algorithm 2 gets wrong: the cell it names must carry the same on both
    /// sides.
    @Test
    void namesACellThatIsBalanced() {
        var prefill = new WorkerRate("p", 4, 9.1);
        var decode = new WorkerRate("d", 16, 50);
        var match = RateMatch.of(prefill, decode, ANSWER);
        double carriedByPrefill = match.prefillInstances() * prefill.requestsPerSecond();
        double carriedByDecode = match.decodeInstances() * decode.requestsPerSecond();
        assertThat(carriedByPrefill / carriedByDecode).isCloseTo(1, within(0.031));
        double gpus = 4.0 * match.prefillInstances() + 16.0 * match.decodeInstances();
        assertThat(match.tokensPerSecondPerGpu())
                .isCloseTo(1024 * carriedByDecode / gpus, within(0.03 * 1024 * 3.125));
    }
}
