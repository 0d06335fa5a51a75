package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.Behavior;
import dev.ratematch.controller.spec.Behavior.Direction;
import dev.ratematch.controller.spec.Behavior.Rules;
import dev.ratematch.controller.spec.Behavior.Select;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A host of eight GPUs dies under 11P5D: one prefill replica and three of decode wait for others.
class ShortageTest {

    private static final ServiceSpec SPEC = spec(32);
    private static final FleetCounts PREFILL = new FleetCounts(11, 10, 0, 1, 0, 0);
    private static final double LOST = 150;

    private static Snapshot look(double at, FleetCounts prefill, FleetCounts decode, double queue) {
        return snapshot(
                at,
                pool(prefill, 0, 1),
                pool(decode, queue, decode.ready() * 200),
                traffic(Reading.of(30 * 40.0), Reading.of(1500), Reading.of(600)));
    }

    /// Steps from the loss on, while replicas wait and a queue of decode grows.
    private static Step after(double seconds, FleetCounts decode, double queueEach) {
        return after(SPEC, seconds, decode, queueEach);
    }

    private static Step after(
            ServiceSpec spec, double seconds, FleetCounts decode, double queueEach) {
        var controller = new Controller(spec, laws());
        var state = State.INITIAL;
        for (double at = 0; at < LOST; at += 30) {
            var whole = look(at, FleetCounts.steady(11), FleetCounts.steady(5), 0);
            state = controller.step(state, whole).state().withMove(null);
        }
        Step step = null;
        for (double at = LOST; at <= LOST + seconds; at += 30) {
            double queue = queueEach * (at - LOST + 30);
            step = controller.step(state, look(at, PREFILL, decode, queue));
            state = step.state();
        }
        return Objects.requireNonNull(step);
    }

    private static FleetCounts waiting(int there) {
        return new FleetCounts(5, there, 0, 5 - there, 0, 0);
    }

    @Test
    void replicas_of_the_other_role_make_room_for_those_that_a_queue_waits_for() {
        assertThat(after(30, waiting(2), 20).decision().reason())
                .isEqualTo(Reason.FLEET_IN_TRANSITION);
        var step = after(60, waiting(2), 20);

        assertThat(step.decision().reason()).isEqualTo(Reason.GPUS_MISSING);
        assertThat(step.explanation().text())
                .contains("11P5D is commanded and 1 prefill and 3 decode replicas wait for GPUs");
        var end = Objects.requireNonNull(step.cycle().end());
        assertThat(end.decode()).isGreaterThan(2);
        assertThat(SPEC.gpus(end)).isLessThanOrEqualTo(24);
    }

    @Test
    void without_a_queue_they_are_waited_for_as_long_as_a_move_is() {
        double most = SPEC.moveAllowanceSeconds();
        assertThat(after(most - 30, waiting(2), 0).decision().reason())
                .isEqualTo(Reason.FLEET_IN_TRANSITION);
        assertThat(after(most, waiting(2), 0).decision().reason()).isEqualTo(Reason.GPUS_MISSING);
    }

    @Test
    void a_role_that_may_not_shrink_makes_no_room() {
        var fixed = new Direction(null, List.of(), Select.DISABLED, 0);
        var kept = new Behavior(new Rules(Direction.FREE, fixed), Rules.NONE);
        var spec = spec(32, Tuning.DEFAULT.with(kept));
        assertThat(after(spec, 60, waiting(2), 20).decision().reason())
                .isNotEqualTo(Reason.GPUS_MISSING);
    }

    /// Those that load have their GPUs, and will serve.
    @Test
    void replicas_that_load_are_not_missing() {
        var loading = new FleetCounts(5, 2, 3, 0, 0, 0);
        assertThat(after(60, loading, 20).decision().reason()).isNotEqualTo(Reason.GPUS_MISSING);
    }

    /// Freed GPUs that decode does not get, for example since its hosts are others: the move
    /// settles for what there is, and nothing is tried again on top of it.
    @Test
    void a_swap_that_gets_no_gpu_settles_and_leaves_nobody_waiting() {
        var controller = new Controller(SPEC, laws());
        var step = after(60, waiting(2), 20);
        var state = step.state();
        double late = LOST + 60 + SPEC.moveAllowanceSeconds();
        Sizes to = Objects.requireNonNull(step.cycle().end());
        for (double at = LOST + 90; at <= late + 30; at += 30) {
            var prefill = FleetCounts.steady(to.prefill());
            var decode = new FleetCounts(to.decode(), 2, 0, to.decode() - 2, 0, 0);
            step = controller.step(state, look(at, prefill, decode, 3000));
            state = step.state();
        }

        assertThat(step.decision().reason()).isEqualTo(Reason.COMPENSATING);
        assertThat(Objects.requireNonNull(state.move()).to().decode()).isEqualTo(2);
    }
}
