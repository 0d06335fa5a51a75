package dev.ratematch.controller.move;

import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;
import org.junit.jupiter.api.Test;

/// How long a move has.
class StageTest {

    private static final ServiceSpec SPEC = spec(32);

    /// Five decode replicas are commanded, two have GPUs; the move leads to four.
    private static Move after(Move move, double at, int loading, int waiting) {
        var seen =
                snapshot(
                        at,
                        pool(FleetCounts.steady(8), 0, 1),
                        pool(new FleetCounts(4, 2, loading, waiting, 0, 0), 0, 30),
                        traffic(300));
        return Stage.advance(move, SPEC, seen).move();
    }

    @Test
    void a_role_that_waits_for_gpus_has_its_time_anew_with_each_that_comes() {
        var begun = after(Move.planned(new Sizes(11, 5), new Sizes(8, 4), 0, 100), 30, 0, 2);
        double first = begun.deadlineSeconds();
        assertThat(after(begun, 60, 0, 2).deadlineSeconds()).isEqualTo(first);
        assertThat(after(begun, 60, 1, 1).deadlineSeconds()).isEqualTo(first + 30);
    }
}
