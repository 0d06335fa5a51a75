package dev.ratematch.costmodel.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptWaitTest {

    /// A prompt alone takes 0.2 s, each more 0.1 s.
    private static final double FIRST = 0.2;

    private static final double MORE = 0.1;

    @ParameterizedTest
    @CsvSource({"0.05", "0.5", "0.9", "0.99"})
    void one_server_of_single_prompts_is_exact(double busy) {
        double rate = busy / FIRST;
        double probability = PromptWait.probability(busy, rate * FIRST, 1);
        var wait = PromptWait.of(probability, FIRST, FIRST, 1, rate, 0.5, 0);
        assertThat(wait.meanSeconds())
                .isCloseTo(PrefillQueue.waitSeconds(FIRST, 1, rate, 0.5), within(1e-12));
    }

    /// A server that takes whatever is there, simulated. It has no queue to speak of, which the law
    /// grants it all the same: the busier, the more.
    @ParameterizedTest
    @CsvSource({"1, 0.95, 1.1", "3, 0.95, 1.25", "6, 1.2, 2"})
    void a_server_of_any_number_is_waited_for_no_less_than_one_simulated(
            double rate, double least, double most) {
        double iteration = FIRST;
        double seen = FIRST;
        double probability = 0;
        for (int i = 0; i < 200; i++) {
            iteration = FIRST + MORE * Math.max(0, rate * iteration - 1);
            probability = PromptWait.probability(MORE * rate, rate * iteration, 1);
            seen = FIRST + MORE * probability * rate * seen;
        }
        var wait = PromptWait.of(probability, seen, MORE, 1, rate, 0.5, 0);
        double[] waits = simulated(rate);
        double mean = Arrays.stream(waits).average().orElseThrow();
        assertThat(wait.meanSeconds() / mean).isBetween(least, most);
    }

    @Test
    void who_finds_a_server_free_does_not_wait() {
        var wait = new PromptWait(0.3, 0.1, 0.2);
        assertThat(wait.quantileSeconds(0.7)).isZero();
        assertThat(wait.quantileSeconds(0.75)).isPositive();
        assertThat(wait.quantileSeconds(0.95))
                .isGreaterThan(wait.quantileSeconds(0.9))
                .isCloseTo(0.2 * 5 / 6 + 0.2 * Math.log(6), within(1e-9));
    }

    @Test
    void all_servers_are_busy_less_often_the_more_there_are() {
        assertThat(PromptWait.probability(0.5, 0.5, 8))
                .isLessThan(PromptWait.probability(0.5, 0.5, 2))
                .isPositive();
        assertThat(PromptWait.probability(0, 0, 4)).isZero();
    }

    @Test
    void the_queue_has_no_end_at_saturation() {
        assertThat(PromptWait.of(1, FIRST, 0.1, 2, 20, 0.5, 0).meanSeconds()).isInfinite();
    }

    private static double[] simulated(double rate) {
        var random = new Random(5);
        int count = 40_000;
        var arrivals = new double[count];
        double at = 0;
        for (int i = 0; i < count; i++) {
            at -= Math.log(1 - random.nextDouble()) / rate;
            arrivals[i] = at;
        }
        var waits = new double[count];
        double free = 0;
        for (int i = 0; i < count; ) {
            double begin = Math.max(free, arrivals[i]);
            int first = i;
            while (i < count && arrivals[i] <= begin) {
                waits[i] = begin - arrivals[i];
                i++;
            }
            free = begin + FIRST + MORE * (i - first - 1);
        }
        return waits;
    }
}
