package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HistogramTest {

    private static final double INF = Double.POSITIVE_INFINITY;

    @Test
    void meanIsExactAndQuantilesAreLinearWithinTheirBucket() {
        var h = Histogram.of(new double[] {1, 2, 4, INF}, new double[] {0, 10, 20, 20}, 50, 20);

        assertThat(h.mean()).hasValue(2.5);
        assertThat(h.quantile(0.5)).hasValue(2);
        assertThat(h.quantile(0.75)).hasValue(3);
        assertThat(h.quantile(0.25)).hasValue(1.5);
        assertThat(h.quantile(1)).hasValue(4);
    }

    @Test
    void quantilesStopAtTheLargestFiniteBound() {
        var h = Histogram.of(new double[] {1, INF}, new double[] {1, 10}, 100, 10);

        assertThat(h.quantile(0.99)).hasValue(1);
    }

    @Test
    void emptyAndBoundlessHistogramsHaveNoQuantile() {
        var empty = Histogram.of(new double[] {1, INF}, new double[] {0, 0}, 0, 0);
        var onlyInf = Histogram.of(new double[] {INF}, new double[] {7}, 21, 7);

        assertThat(empty.quantile(0.5)).isEmpty();
        assertThat(empty.mean()).isEmpty();
        assertThat(empty.cv2()).isEmpty();
        assertThat(onlyInf.quantile(0.5)).isEmpty();
        assertThat(onlyInf.mean()).hasValue(3);
    }

    @Test
    void differencesKeepBucketsSumAndCount() {
        var before = Histogram.of(new double[] {1, 2, INF}, new double[] {1, 2, 3}, 6, 3);
        var after = Histogram.of(new double[] {1, 2, INF}, new double[] {1, 6, 9}, 26, 9);

        var since = after.since(before);

        assertThat(since.count()).isEqualTo(6);
        assertThat(since.sum()).isEqualTo(20);
        assertThat(since.cells().getFirst().count()).isEqualTo(4);
        assertThat(since.cells().getFirst().lower()).isEqualTo(1);
    }

    @Test
    void podsWithOtherBoundsAreAddedUpAtTheCommonOnes() {
        var coarse = Histogram.of(new double[] {10, 100, INF}, new double[] {4, 8, 8}, 200, 8);
        var fine = Histogram.of(new double[] {5, 10, 50, 100}, new double[] {1, 2, 3, 4}, 99, 4);

        var sum = coarse.plus(fine);

        assertThat(sum.count()).isEqualTo(12);
        assertThat(sum.quantile(0.5)).hasValue(10);
        assertThat(sum.cells()).hasSize(2);
    }

    @Test
    void readsBoundsNumericallyAndSumsOverEngines() {
        var scrape =
                Exposition.parse(
                        """
                        h_bucket{engine="0",le="1e-3"} 1
                        h_bucket{engine="0",le="1.0"} 5
                        h_bucket{engine="0",le="+Inf"} 6
                        h_sum{engine="0"} 10
                        h_count{engine="0"} 6
                        h_bucket{engine="1",le="0.001"} 2
                        h_bucket{engine="1",le="1"} 3
                        h_bucket{engine="1",le="+Inf"} 4
                        h_sum{engine="1"} 30
                        h_count{engine="1"} 4
                        """);

        var h = Histogram.of(scrape, "h");

        assertThat(h.mean()).hasValue(4);
        assertThat(h.cells()).extracting(c -> c.count()).containsExactly(3.0, 5.0, 2.0);
    }

    @Test
    void cv2OfExponentialLengthsIsNearOne() {
        double[] bounds = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000};
        int n = 20_000;
        double sum = 0;
        double squares = 0;
        var counts = new double[bounds.length];
        for (int i = 0; i < n; i++) {
            double x = -800 * StrictMath.log((i + 0.5) / n);
            sum += x;
            squares += x * x;
            for (int b = 0; b < bounds.length; b++) {
                counts[b] += x <= bounds[b] ? 1 : 0;
            }
        }
        double truth = squares / n / (sum / n * sum / n) - 1;

        assertThat(Histogram.of(bounds, counts, sum, n).cv2().orElseThrow())
                .isCloseTo(truth, within(0.12));
    }

    @Test
    void cv2OfEqualLengthsIsSmall() {
        var h = Histogram.of(new double[] {2000, 5000, INF}, new double[] {0, 50, 50}, 150_000, 50);

        assertThat(h.cv2().orElseThrow()).isBetween(0.0, 0.1);
    }

    @Test
    void whatLiesAboveTheLastBoundIsPlacedByTheSum() {
        var h = Histogram.of(new double[] {10, INF}, new double[] {2, 4}, 110, 4);

        var above = h.cells().getLast();

        assertThat(above.lower()).isEqualTo(10);
        assertThat((above.lower() + above.upper()) / 2).isEqualTo(50);
        assertThat(h.cells()).allMatch(c -> Double.isFinite(c.upper()));
    }

    @Test
    void refusesBoundsThatDoNotAscend() {
        assertThatThrownBy(() -> Histogram.of(new double[] {2, 1}, new double[] {1, 2}, 3, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Arrays.toString(new double[] {2, 1}));
    }

    @Test
    void spread_stays_finite_where_all_above_the_last_bound_seem_to_lie_on_it() {
        var histogram =
                Histogram.of(
                        new double[] {10, 100, Double.POSITIVE_INFINITY},
                        new double[] {0, 5, 6},
                        5 * 55 + 90,
                        6);
        assertThat(histogram.cv2().orElseThrow()).isFinite();
    }
}
