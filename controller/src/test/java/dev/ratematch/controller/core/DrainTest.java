package dev.ratematch.controller.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DrainTest {

    @Test
    void whatComesBeyondWhatIsFinishedWaits() {
        var queue = new Drain(100);
        assertThat(queue.after(12, 10, 30).requests()).isCloseTo(160, within(1e-9));
        assertThat(queue.mean(12, 10, 30)).isCloseTo(130, within(1e-9));
    }

    @Test
    void aQueueThatIsWorkedOffStaysEmpty() {
        var queue = new Drain(100);
        assertThat(queue.after(0, 10, 30).requests()).isZero();
        // Empty after a third of the time, half full on average until then.
        assertThat(queue.mean(0, 10, 30)).isCloseTo(100 / 2.0 / 3, within(1e-9));
        assertThat(new Drain(0).mean(5, 10, 30)).isZero();
    }
}
