package dev.ratematch.costmodel.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IndependentTest {

    @Test
    void deviations_add_up_by_their_squares() {
        var sum = Independent.NONE.plus(1, 4).plus(2, 6);
        assertThat(sum.mean()).isEqualTo(3);
        assertThat(sum.quantile()).isCloseTo(3 + 5, within(1e-12));
    }

    @Test
    void a_quantile_below_the_mean_pulls_down() {
        assertThat(Independent.NONE.plus(5, 2).quantile()).isCloseTo(2, within(1e-12));
        assertThat(Independent.NONE.plus(5, 2).plus(5, 8).quantile()).isCloseTo(10, within(1e-12));
    }
}
