package dev.ratematch.harness.steady;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.steady.SteadyLoad.Latencies;
import dev.ratematch.harness.steady.SteadyLoad.Mix;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The law against the cluster on a part of the grid that docs/accuracy.md reports.
class SteadyGridTest {

    private static final double PROMISED = 0.15;

    private final SteadyGrid grid =
            new SteadyGrid(
                    List.of(MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp2")),
                    List.of(3, 10),
                    List.of(new Mix(900, 400, 0), new Mix(5000, 500, 0.5)),
                    List.of(0.3, 0.6, 0.8),
                    4);

    @Test
    void latencies_are_within_fifteen_percent_in_the_median() {
        var points = grid.points(_ -> {});
        assertThat(points).hasSize(12);
        assertThat(SteadyGrid.medianError(points, Latencies::ttft50)).isLessThan(PROMISED);
        assertThat(SteadyGrid.medianError(points, Latencies::ttft95)).isLessThan(PROMISED);
        assertThat(SteadyGrid.medianError(points, Latencies::itl50)).isLessThan(PROMISED);
        assertThat(SteadyGrid.medianError(points, Latencies::itl95)).isLessThan(PROMISED);
    }

    @Test
    void waits_grow_with_load_in_the_law_and_on_the_cluster() {
        var points = grid.points(_ -> {});
        for (int i = 0; i < points.size(); i += 3) {
            var light = points.get(i);
            var heavy = points.get(i + 2);
            assertThat(heavy.predicted().ttft95()).isGreaterThan(1.2 * light.predicted().ttft95());
            assertThat(heavy.simulated().ttft95()).isGreaterThan(1.2 * light.simulated().ttft95());
        }
    }

    @Test
    void the_page_has_a_row_a_load_and_one_an_engine() {
        var page = grid.markdown(_ -> {});
        assertThat(page)
                .contains("| 30 % | 4 |", "| all | 12 |", "| deepseek-r1 gb200 nvfp4 dep16 |");
    }
}
