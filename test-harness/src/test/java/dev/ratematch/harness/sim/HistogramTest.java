package dev.ratematch.harness.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HistogramTest {

    @Test
    void each_number_is_counted_below_the_first_bound_that_it_is_not_above() {
        var histogram = new Histogram(UpperBounds.of(0, 0.5, 2));
        for (double value : new double[] {0, 0.25, 0.5, 0.75, 2, 7}) {
            histogram.add(value);
        }
        histogram.add(7, 3);
        assertThat(histogram.cumulative()).containsExactly(1, 3, 5, 9);
        assertThat(histogram.count()).isEqualTo(9);
        assertThat(histogram.sum()).isEqualTo(31.5);
    }

    @Test
    void without_bounds_there_is_one_cell() {
        var histogram = new Histogram(UpperBounds.of());
        histogram.add(3);
        assertThat(histogram.cumulative()).containsExactly(1);
    }

    @Test
    void bounds_are_written_without_a_point_where_they_are_whole() {
        var bounds = UpperBounds.of(0.001, 0.5, 1, 2.5, 100_000, 1.1e6);
        assertThat(bounds.size()).isEqualTo(6);
        assertThat(bounds.text(0)).isEqualTo("0.001");
        assertThat(bounds.text(2)).isEqualTo("1");
        assertThat(bounds.text(4)).isEqualTo("100000");
        assertThat(bounds.text(5)).isEqualTo("1100000");
    }

    @Test
    void bounds_that_do_not_increase_are_refused() {
        assertThatThrownBy(() -> UpperBounds.of(1, 3, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("upper bound (3.0) must be above the one before it (3.0).");
    }
}
