package dev.ratematch.controller.move;

import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Switching;
import dev.ratematch.controller.spec.Switching.Actuation;
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

    private static final ServiceSpec SWITCHING =
            SPEC.withSwitching(Switching.of(Actuation.SWITCH, 10.0, 1));

    private static Stage switching(Move move, FleetCounts prefill, FleetCounts decode) {
        return Stage.advance(
                move,
                SWITCHING,
                snapshot(30, pool(prefill, 0, 1), pool(decode, 0, 30), traffic(300)));
    }

    @Test
    void what_is_traded_is_commanded_at_once_and_the_rest_when_there_are_gpus() {
        var full = FleetCounts.steady(8);
        var move = Move.planned(new Sizes(8, 8), new Sizes(3, 13), 0, 400);
        var all = switching(move.switching(5), full, full);
        assertThat(all.sizes()).isEqualTo(new Sizes(3, 13));
        assertThat(all.move().phase()).isEqualTo(Move.Phase.SWITCHING);
        assertThat(all.move().switches()).isZero();
        var some = switching(move.switching(2), full, full);
        assertThat(some.sizes()).isEqualTo(new Sizes(3, 10));
        assertThat(switching(move, full, full).sizes()).isEqualTo(new Sizes(3, 8));
    }

    /// Eight and eight fill the budget; two of them wait for their turn, one is on its way.
    @Test
    void a_replica_of_two_roles_has_its_gpus_once() {
        var move = Move.planned(new Sizes(8, 8), new Sizes(4, 12), 0, 400);
        var on =
                switching(
                        move,
                        new FleetCounts(4, 6, 0, 0, 0, 0),
                        new FleetCounts(12, 9, 1, 0, 0, 0, 1));
        assertThat(on.sizes()).isEqualTo(new Sizes(4, 12));
        assertThat(on.move().phase()).isEqualTo(Move.Phase.SWITCHING);
        var done = switching(on.move(), FleetCounts.steady(4), FleetCounts.steady(12));
        assertThat(done.move().phase()).isEqualTo(Move.Phase.DONE);
    }
}
