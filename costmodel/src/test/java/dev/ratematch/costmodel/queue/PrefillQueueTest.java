package dev.ratematch.costmodel.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class PrefillQueueTest {

    /// `W = rho s / (1 - rho)`.
    @Test
    void oneServerOfRandomWorkIsTheQueueOfTextbooks() {
        assertThat(PrefillQueue.waitSeconds(0.1, 1, 8, 1)).isCloseTo(0.4, within(1e-12));
    }

    /// Pollaczek and Khinchine: half of that where work does not vary.
    @Test
    void workThatIsAlikeWaitsHalfAsLong() {
        assertThat(PrefillQueue.waitSeconds(0.1, 1, 8, 0.5)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void serversInOnePoolWaitLessThanApart() {
        assertThat(PrefillQueue.waitSeconds(0.1, 4, 32, 1))
                .isLessThan(PrefillQueue.waitSeconds(0.1, 1, 8, 1) / 4)
                // Erlang's C of four servers at 0.8 is 0.596, which makes 74.5 ms.
                .isCloseTo(0.0745, within(0.004));
    }

    @Test
    void saturationWaitsForEver() {
        assertThat(PrefillQueue.waitSeconds(0.1, 2, 20, 1)).isInfinite();
        assertThat(PrefillQueue.waitSeconds(0.1, 2, 30, 1)).isInfinite();
    }

    @Test
    void aPromptAddsLessToFullIterationsThanItTakesAlone() {
        double marginal =
                PrefillQueue.marginalSeconds((t, s) -> 0.01 + 1e-5 * t + 1e-9 * s, 4, 2000, 4e6);
        assertThat(marginal).isCloseTo(0.0025 + 0.02 + 0.004, within(1e-12));
    }

    @Test
    void anArrivalMeetsHalfAnIterationOnAverage() {
        assertThat(PrefillQueue.inProgressSeconds(0.2, 0.5)).isEqualTo(0.05);
    }
}
