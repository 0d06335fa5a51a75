package dev.ratematch.harness.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DispersionTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void knownCountsAreExact() {
        var requests = new ArrayList<Request>();
        for (int second : new int[] {0, 2, 2, 2, 2, 3, 3, 3}) {
            requests.add(new Request(second * SECOND, 1, 1, Request.NONE));
        }
        // Counts 1, 0, 4, 3: mean 2, mean of squares 6.5, variance 2.5.
        var trace = new Trace("known", requests, 4 * SECOND);
        assertThat(Dispersion.of(trace, 1)).isCloseTo(1.25, within(1e-12));
        assertThat(Dispersion.of(trace)).containsEntry(10, 0.0).containsEntry(60, 0.0);
    }

    @Test
    void poissonIsAboutOne() {
        var random = new SplittableRandom(5);
        var requests = new ArrayList<Request>();
        for (int i = 0; i < 60_000; i++) {
            requests.add(new Request(random.nextLong(20_000 * SECOND), 1, 1, Request.NONE));
        }
        requests.sort((a, b) -> Long.compare(a.arrivalNanos(), b.arrivalNanos()));
        var trace = new Trace("poisson", requests, 20_000 * SECOND);
        assertThat(Dispersion.of(trace, 1)).isCloseTo(1, within(0.05));
        assertThat(Dispersion.of(trace, 10)).isCloseTo(1, within(0.15));
    }
}
