package dev.ratematch.costmodel.frontier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class FrontierPropertyTest {

    private static final class Points implements Sweep {

        private final double[] x;
        private final double[] y;

        Points(int n) {
            this.x = new double[n];
            this.y = new double[n];
        }

        @Override
        public int slices() {
            return 1;
        }

        @Override
        public void fill(int slice) {}

        @Override
        public int size() {
            return x.length;
        }

        @Override
        public double interactivity(int point) {
            return x[point];
        }

        @Override
        public double tokensPerSecondPerGpu(int point) {
            return y[point];
        }

        @Override
        public int worker(int point) {
            return 0;
        }
    }

    @Test
    void keepsExactlyWhatNothingBeats() {
        for (long seed = 0; seed < 200; seed++) {
            var random = new SplittableRandom(seed);
            int n = random.nextInt(300);
            var points = new Points(n);
            for (int i = 0; i < n; i++) {
                points.x[i] = random.nextInt(50) * 1.7;
                points.y[i] = points.x[i] == 0 ? 0 : random.nextInt(40);
            }
            var frontier = Frontier.of(points);
            for (int i = 0; i < n; i++) {
                boolean beaten = points.y[i] == 0;
                for (int j = 0; j < n; j++) {
                    beaten |=
                            points.x[j] >= points.x[i]
                                    && points.y[j] >= points.y[i]
                                    && (points.x[j] > points.x[i] || points.y[j] > points.y[i]);
                }
                double x = points.x[i];
                double y = points.y[i];
                assertThat(
                                frontier.points().stream()
                                        .anyMatch(
                                                p ->
                                                        p.interactivity() == x
                                                                && p.tokensPerSecondPerGpu() == y))
                        .as("seed %d, point %d", seed, i)
                        .isEqualTo(!beaten);
            }
        }
    }
}
