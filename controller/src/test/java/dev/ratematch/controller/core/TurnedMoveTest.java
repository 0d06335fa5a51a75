package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.UNKNOWN;
import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.prospect.Experience;
import dev.ratematch.controller.prospect.Need;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Moves whose traffic turns on the way, and moves whose receivers are late or never come.
class TurnedMoveTest {

    private static final ServiceSpec SPEC = spec(32);
    private static final Controller CONTROLLER = new Controller(SPEC, laws());
    private static final Sizes EVEN = new Sizes(8, 8);
    private static final Sizes MANY_PREFILL = new Sizes(13, 3);

    /// Of long prompts and short answers in a window of 30 s.
    private static TrafficReading prompts(double perSecond) {
        return traffic(Reading.of(30 * perSecond), Reading.of(6000), Reading.of(40));
    }

    private static TrafficReading answers(double perSecond) {
        return traffic(Reading.of(30 * perSecond), Reading.of(300), Reading.of(2000));
    }

    /// An open move from 8P8D to 13P3D whose five receivers are loading.
    private static State open() {
        var move = Move.planned(EVEN, MANY_PREFILL, 30, 30 + SPEC.moveAllowanceSeconds());
        return State.INITIAL.withMove(move).withCommanded(new Counts(13, 3));
    }

    private static PoolReading prefill(int loading, int waiting, double queued) {
        return pool(new FleetCounts(13, 8, loading, waiting, 0, 0), queued, 4);
    }

    private static PoolReading decode(double queued) {
        return pool(FleetCounts.steady(3), queued, 700);
    }

    private static State turned(Conduct conduct) {
        var state = open();
        for (double at = 60; at <= 150; at += 30) {
            var seen = snapshot(at, prefill(5, 0, 0), decode(400), answers(40));
            state = CONTROLLER.step(state, seen, conduct, null).state();
        }
        return state;
    }

    private static Sizes end(State state) {
        return Objects.requireNonNull(state.move()).to();
    }

    @Test
    void a_move_goes_where_the_traffic_has_turned_to() {
        var state = turned(Conduct.CONTROL);
        assertThat(end(state).decode()).isGreaterThan(8);
        assertThat(end(state).prefill()).isLessThan(8);
        assertThat(SPEC.gpus(end(state))).isLessThanOrEqualTo(SPEC.budgetGpus());
    }

    @Test
    void one_whose_drains_nobody_counts_does_not_turn_round() {
        var state = open();
        for (double at = 60; at <= 150; at += 30) {
            var d = decode(400);
            var uncounted =
                    new PoolReading(
                            d.desired(),
                            d.ready(),
                            d.starting(),
                            d.pending(),
                            UNKNOWN,
                            d.failed(),
                            d.queuedRequests(),
                            d.queuedTokens(),
                            d.runningRequests(),
                            d.waitingForKv(),
                            d.kvUsed(),
                            d.kvCapacityTokens());
            var seen = snapshot(at, prefill(5, 0, 0), uncounted, answers(40));
            state = CONTROLLER.step(state, seen).state();
        }
        assertThat(end(state)).isEqualTo(MANY_PREFILL);
    }

    @Test
    void the_same_traffic_leaves_a_move_alone() {
        var state = open();
        for (double at = 60; at <= 240; at += 30) {
            var seen = snapshot(at, prefill(5, 0, 0), decode(0), prompts(16));
            state = CONTROLLER.step(state, seen).state();
            assertThat(end(state).takesFrom(MANY_PREFILL)).isFalse();
        }
    }

    /// Nodes are added late: what is placed has its time to load, however late that is.
    @Test
    void receivers_that_are_placed_late_are_waited_for() {
        double deadline = Objects.requireNonNull(open().move()).deadlineSeconds();
        var state = open();
        double at = 60;
        for (; at < deadline; at += 30) {
            var seen = snapshot(at, prefill(0, 5, 0), decode(0), prompts(16));
            state = CONTROLLER.step(state, seen).state();
        }
        double placed = at;
        for (; at < placed + SPEC.moveAllowanceSeconds(); at += 30) {
            var seen = snapshot(at, prefill(5, 0, 0), decode(0), prompts(16));
            var step = CONTROLLER.step(state, seen);
            assertThat(step.decision().reason()).isNotEqualTo(Reason.COMPENSATING);
            state = step.state();
        }
        var step =
                CONTROLLER.step(state, snapshot(at + 30, prefill(5, 0, 0), decode(0), prompts(16)));
        assertThat(step.decision().reason()).isEqualTo(Reason.COMPENSATING);
    }

    /// Five prefill replicas never come. It settles for what is worth most with the eight that
    /// serve.
    @Test
    void without_its_receivers_a_move_ends_at_what_can_be_had() {
        var state = open();
        var reason = Reason.MOVE_IN_PROGRESS;
        double at = 60;
        for (; at < 3000 && reason != Reason.COMPENSATING; at += 30) {
            var seen = snapshot(at, prefill(0, 5, 0), decode(0), prompts(16));
            var step = CONTROLLER.step(state, seen);
            reason = step.decision().reason();
            state = step.state();
        }
        assertThat(reason).isEqualTo(Reason.COMPENSATING);
        assertThat(end(state).of(Role.PREFILL)).isBetween(5, 8);
    }

    /// A move that turned on the way: prefill grows again although it is to have fewer than at
    /// first.
    @Test
    void a_role_that_waits_for_room_is_not_counted_on_whichever_way_it_goes() {
        var move = Move.planned(EVEN, new Sizes(7, 9), 30, 60);
        var state = State.INITIAL.withMove(move).withCommanded(new Counts(7, 9));
        var reason = Reason.MOVE_IN_PROGRESS;
        for (double at = 60; at < 3000 && reason != Reason.COMPENSATING; at += 30) {
            var waiting = pool(new FleetCounts(7, 5, 0, 2, 0, 0), 0, 4);
            var decode = pool(FleetCounts.steady(9), 0, 700);
            var step = CONTROLLER.step(state, snapshot(at, waiting, decode, prompts(16)));
            reason = step.decision().reason();
            state = step.state();
        }
        assertThat(reason).isEqualTo(Reason.COMPENSATING);
        assertThat(end(state).prefill()).isLessThanOrEqualTo(5);
    }

    @Test
    void where_traffic_is_not_known_a_late_move_goes_back_to_where_it_came_from() {
        var state = open();
        var reason = Reason.MOVE_IN_PROGRESS;
        for (double at = 60; at < 3000 && reason != Reason.COMPENSATING; at += 30) {
            var unknown = traffic(UNKNOWN, UNKNOWN, UNKNOWN);
            var step = CONTROLLER.step(state, snapshot(at, prefill(0, 5, 0), decode(0), unknown));
            reason = step.decision().reason();
            state = step.state();
        }
        assertThat(end(state)).isEqualTo(EVEN);
    }

    /// Long prompts that come three times as often. The hedge against them is worth replicas.
    private static Experience prompted() {
        var known = Experience.NONE;
        var need = new Need(12, 0.5);
        for (double at = -900; at < 0; at += 30) {
            known = known.saw(at, need, need, 150);
        }
        return known;
    }

    /// By the model a few decode replicas would do, and fewer would be readier for the next turn.
    /// But some wait for those that are starting.
    @Test
    void a_role_that_others_wait_for_gives_nothing() {
        var manyDecode = new Sizes(3, 13);
        var move = Move.planned(EVEN, manyDecode, 30, 30 + SPEC.moveAllowanceSeconds());
        for (int rate = 5; rate <= 60; rate += 5) {
            var state =
                    State.INITIAL
                            .withMove(move)
                            .withCommanded(new Counts(3, 13))
                            .experiencing(prompted());
            for (double at = 60; at <= 150; at += 30) {
                var prefill = pool(FleetCounts.steady(3), 0, 1);
                var decode = pool(new FleetCounts(13, 8, 5, 0, 0, 0), 3 * rate, 700);
                state =
                        CONTROLLER
                                .step(state, snapshot(at, prefill, decode, answers(rate)))
                                .state();
                assertThat(end(state).decode())
                        .as("%d req/s, at %s s", rate, at)
                        .isGreaterThanOrEqualTo(13);
            }
        }
    }
}
