package dev.ratematch.harness.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StopwatchTest {

    private long now;

    private Stopwatch watch() {
        return new Stopwatch(() -> now, 1);
    }

    private double takes(long nanos) {
        now += nanos;
        return 1;
    }

    @Test
    void aRateCountsUnitsAndNotCalls() {
        var figure = watch().rate("parse", "MB/s", 3, _ -> takes(1_000_000));
        assertThat(figure.value()).isCloseTo(3000, within(1e-6));
        assertThat(figure.spreadPercent()).isZero();
        assertThat(figure.text())
                .isEqualTo(
                        "parse: 3000 MB/s%nparse, spread over %d runs: 0.0 %%"
                                .formatted(figure.runs()));
    }

    @Test
    void theMedianIgnoresOneSlowRun() {
        int[] calls = {0};
        var figure =
                watch().counted(
                                "runs",
                                "runs/s",
                                () -> takes(calls[0]++ == 20 ? 300_000_000 : 10_000_000));
        assertThat(figure.value()).isCloseTo(100, within(1e-6));
    }

    @Test
    void aHighQuantileShowsTheSlowCalls() {
        // Three calls in a hundred are slow: the median must not show them, the p99 must.
        assertThat(
                        watch().quantile("p50", 0.5, i -> takes(i % 100 >= 97 ? 900_000 : 5_000))
                                .value())
                .isCloseTo(5, within(1e-6));
        assertThat(
                        watch().quantile("p99", 0.99, i -> takes(i % 100 >= 97 ? 900_000 : 5_000))
                                .value())
                .isCloseTo(900, within(1e-6));
    }
}
