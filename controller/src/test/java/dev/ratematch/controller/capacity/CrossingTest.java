package dev.ratematch.controller.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.sample.Samples;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class CrossingTest {

    private static final int HALVINGS = 40;

    /// What is to come out, as simply as it can be found.
    private static double halved(DoubleUnaryOperator function, double bound, double end) {
        if (!(function.applyAsDouble(0) <= bound)) {
            return 0;
        }
        double low = 0;
        double high = end;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (function.applyAsDouble(middle) <= bound) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double crossing(DoubleUnaryOperator function, double bound, double end) {
        return Crossing.before(function, bound, end, HALVINGS);
    }

    private static void same(DoubleUnaryOperator function, double bound, double end) {
        assertThat(crossing(function, bound, end)).isEqualTo(halved(function, bound, end));
    }

    @Test
    void it_is_what_halving_finds_to_the_last_bit() {
        var dice = new SplittableRandom(20261130);
        for (int i = 0; i < 2000; i++) {
            double end = StrictMath.exp(10 * dice.nextDouble() - 5);
            double base = dice.nextDouble();
            double weight = StrictMath.exp(6 * dice.nextDouble() - 3);
            double power = 1 + 4 * dice.nextDouble();
            double bound = base + 3 * dice.nextDouble();
            same(x -> base + weight * x / end / (1 - x / end), bound, end);
            same(x -> base + weight * StrictMath.pow(x / end, power), bound, end);
        }
    }

    @Test
    void so_it_is_where_the_function_leaps_or_stands_still() {
        for (double at : new double[] {0.01, 1.0 / 3, 0.5, 0.75, 0.999}) {
            same(x -> x < at ? 1 : 3, 2, 1);
            same(x -> x < at ? 1 + x : Double.POSITIVE_INFINITY, 2, 1);
            same(x -> Math.max(1, StrictMath.floor(20 * x)), 20 * at, 1);
        }
    }

    @Test
    void
            a_function_that_begins_beyond_the_bound_has_none_and_one_that_never_is_there_has_the_end() {
        assertThat(crossing(x -> 3 + x, 2, 1)).isZero();
        same(x -> 1 + x, 5, 1);
        assertThat(crossing(x -> 1 + x, 5, 1)).isEqualTo(1 - Math.scalb(1.0, -HALVINGS));
    }

    @Test
    void a_queue_is_looked_at_a_third_as_often() {
        var looks = new AtomicInteger();
        crossing(
                x -> {
                    looks.incrementAndGet();
                    return 0.3 + 0.1 * x / (1 - x) + 0.2 * StrictMath.sqrt(x);
                },
                2,
                1);
        assertThat(looks).hasValueLessThanOrEqualTo(15);
    }

    @Test
    void the_rate_of_a_pool_is_what_halving_finds() {
        var dice = new SplittableRandom(7);
        for (int i = 0; i < 50; i++) {
            var capacity =
                    new Capacity(
                            Samples.spec(64), Samples.laws(), Samples.load(1 + dice.nextInt(50)));
            for (int replicas = 1; replicas <= 32; replicas++) {
                int pool = replicas;
                double end = replicas / capacity.marginalPrefillSeconds();
                assertThat(capacity.prefillRequestsPerSecond(replicas))
                        .isEqualTo(
                                halved(
                                        rate -> capacity.ttftSeconds(pool, rate),
                                        Samples.spec(64).slo().ttftSeconds(),
                                        end));
            }
        }
    }
}
