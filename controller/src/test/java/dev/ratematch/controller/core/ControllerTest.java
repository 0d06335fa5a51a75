package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.UNKNOWN;
import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.sample.ToyFleet;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ControllerTest {

    private static final Controller CONTROLLER = new Controller(spec(32), laws());

    private static Step after(Controller controller, Snapshot... snapshots) {
        var step = controller.step(State.INITIAL, snapshots[0]);
        for (int i = 1; i < snapshots.length; i++) {
            step = controller.step(step.state(), snapshots[i]);
        }
        return step;
    }

    private static Sizes commanded(State state) {
        return Objects.requireNonNull(state.commanded().sizes());
    }

    private static Sizes sizes(Decision decision) {
        return Objects.requireNonNull(decision.counts().sizes());
    }

    private static void holds(Step step, int prefill, int decode, Reason reason) {
        holds(step, new Counts(prefill, decode), reason);
    }

    private static void holds(Step step, Counts counts, Reason reason) {
        assertThat(step.decision()).isEqualTo(new Decision.Hold(counts, reason));
        assertThat(step.explanation().text()).isNotBlank();
    }

    @Test
    void nothing_moves_before_two_consistent_windows() {
        holds(after(CONTROLLER, steady(30, 1, 1, 900)), 1, 1, Reason.WARMING_UP);
        var second = after(CONTROLLER, steady(30, 1, 1, 900), steady(60, 1, 1, 900));
        assertThat(second.decision()).isInstanceOf(Decision.Resize.class);
        assertThat(second.decision().reason()).isEqualTo(Reason.GROW);
    }

    @Test
    void unknown_and_stale_traffic_hold_the_fleet() {
        var whole = steady(30, 2, 3, 300);
        var value = Reading.of(300);
        for (var traffic :
                List.of(
                        traffic(UNKNOWN, value, value),
                        traffic(value, UNKNOWN, value),
                        traffic(new Reading.Stale(500), value, value))) {
            var blind = snapshot(60, whole.prefill(), whole.decode(), traffic);
            holds(after(CONTROLLER, whole, blind), 2, 3, Reason.TELEMETRY_UNKNOWN);
        }
    }

    @Test
    void an_unknown_fleet_repeats_the_last_command_and_invents_none() {
        var unknown = PoolReading.unknown("no answer");
        var blind = snapshot(60, unknown, unknown, traffic(300));
        holds(after(CONTROLLER, blind), Counts.UNKNOWN, Reason.FLEET_UNKNOWN);
        holds(after(CONTROLLER, steady(30, 2, 3, 300), blind), 2, 3, Reason.FLEET_UNKNOWN);
    }

    @Test
    void a_hold_repeats_what_exists_where_desired_is_missing() {
        var seen = pool(new FleetCounts(9, 2, 1, 1, 3, 0), 0, 1);
        var without =
                new PoolReading(
                        UNKNOWN,
                        seen.ready(),
                        seen.starting(),
                        seen.pending(),
                        seen.draining(),
                        seen.failed(),
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN);
        var decode = pool(new FleetCounts(5, 3, 0, 0, 0, 0), 0, 1);
        holds(
                after(CONTROLLER, snapshot(30, without, decode, traffic(10))),
                4,
                5,
                Reason.WARMING_UP);
    }

    @Test
    void a_gap_starts_the_estimates_again() {
        var step = after(CONTROLLER, steady(30, 1, 1, 30), steady(60, 1, 1, 30));
        var gap = CONTROLLER.step(step.state(), steady(151, 1, 1, 900));
        holds(gap, 1, 1, Reason.GAP);
        assertThat(gap.state().windows()).hasSize(1);
        assertThat(CONTROLLER.step(gap.state(), steady(181, 1, 1, 900)).decision().reason())
                .isEqualTo(Reason.GROW);
        assertThat(CONTROLLER.step(step.state(), steady(150, 1, 1, 30)).decision().reason())
                .isNotEqualTo(Reason.GAP);
    }

    @Test
    void no_traffic_is_idle() {
        holds(after(CONTROLLER, steady(30, 2, 3, 300), idle(60)), 2, 3, Reason.IDLE);
    }

    private static Snapshot idle(double at) {
        var none = new Reading.NoTraffic();
        return snapshot(
                at,
                pool(FleetCounts.steady(2), 0, 0),
                pool(FleetCounts.steady(3), 0, 0),
                traffic(Reading.of(0), none, none));
    }

    @Test
    void a_smaller_fleet_must_have_sufficed_for_a_while() {
        var state = State.INITIAL;
        double shrinkAt = -1;
        for (double at = 30; at <= 600 && shrinkAt < 0; at += 30) {
            var step = CONTROLLER.step(state, steady(at, 5, 5, 60));
            state = step.state();
            if (step.decision() instanceof Decision.Resize resize) {
                assertThat(resize.reason()).isEqualTo(Reason.SHRINK);
                shrinkAt = at;
            } else if (at > 30) {
                assertThat(step.decision().reason()).isEqualTo(Reason.SCALE_DOWN_STABILISING);
            }
        }
        assertThat(shrinkAt).isEqualTo(60 + Tuning.DEFAULT.scaleDownWindowSeconds());
    }

    @Test
    void a_stuck_move_is_taken_back_and_backed_off() {
        var state = after(CONTROLLER, steady(30, 1, 1, 900), steady(60, 1, 1, 900)).state();
        assertThat(state.move()).isNotNull();
        int prefill = commanded(state).prefill();
        int decode = commanded(state).decode();
        boolean compensated = false;
        double at = 90;
        for (; state.move() != null && at < 3000; at += 30) {
            var p = new FleetCounts(prefill, 1, 0, Math.max(0, prefill - 1), 0, 0);
            var d = new FleetCounts(decode, 1, 0, Math.max(0, decode - 1), 0, 0);
            var step =
                    CONTROLLER.step(
                            state, snapshot(at, pool(p, 0, 1), pool(d, 0, 30), traffic(900)));
            state = step.state();
            prefill = sizes(step.decision()).prefill();
            decode = sizes(step.decision()).decode();
            compensated |= step.decision().reason() == Reason.COMPENSATING;
        }
        assertThat(compensated).isTrue();
        assertThat(prefill).isEqualTo(1);
        assertThat(decode).isEqualTo(1);
        holds(CONTROLLER.step(state, steady(at, 1, 1, 900)), 1, 1, Reason.COOLING_DOWN);
    }

    /// Of a fleet taken back from 3P3D to 4P1D, two decode replicas drain for far longer than a way
    /// back may take. Given up there, their GPUs would serve nobody.
    @Test
    void a_way_back_waits_for_what_drains() {
        var back =
                Move.planned(new Sizes(4, 1), new Sizes(3, 3), 30, 60)
                        .compensating(new Sizes(4, 1), 60);
        var state = State.INITIAL.withMove(back).withCommanded(new Counts(3, 1));
        double at = 90;
        for (; at < 3000; at += 30) {
            var step = taken(state, at, new FleetCounts(1, 1, 0, 0, 2, 0));
            assertThat(step.decision().reason()).isEqualTo(Reason.COMPENSATING);
            state = step.state();
        }
        var step = taken(state, at, new FleetCounts(1, 1, 0, 0, 0, 0));
        assertThat(sizes(step.decision()).prefill()).isEqualTo(4);
        assertThat(sizes(step.decision()).decode()).isEqualTo(1);
    }

    private static Step taken(State state, double at, FleetCounts decode) {
        var prefill = pool(FleetCounts.steady(3), 0, 1);
        var tight = new Controller(spec(5, 1, 1, Tuning.DEFAULT), laws());
        return tight.step(state, snapshot(at, prefill, pool(decode, 0, 30), traffic(300)));
    }

    @Test
    void a_move_that_finished_unseen_is_done_however_late() {
        var begun = after(CONTROLLER, steady(30, 1, 1, 900), steady(60, 1, 1, 900)).state();
        var move = begun.move();
        assertThat(move).isNotNull();
        int p = commanded(begun).prefill();
        int d = commanded(begun).decode();
        var gap = CONTROLLER.step(begun, steady(5000, p, d, 900));
        holds(gap, p, d, Reason.GAP);
        var next = CONTROLLER.step(gap.state(), steady(5030, p, d, 900));
        holds(next, p, d, Reason.COOLING_DOWN);
        assertThat(next.state().move()).isNull();
    }

    @Test
    void a_fleet_over_its_budget_is_cut_without_waiting_for_traffic() {
        var step = after(CONTROLLER, steady(30, 12, 12, 300));
        assertThat(step.decision().reason()).isEqualTo(Reason.OVER_BUDGET);
        assertThat(sizes(step.decision()).prefill() + sizes(step.decision()).decode())
                .isEqualTo(16);
    }

    @Test
    void steps_are_pure() {
        var state = after(CONTROLLER, steady(30, 1, 1, 900)).state();
        assertThat(CONTROLLER.step(state, steady(60, 1, 1, 900)))
                .isEqualTo(CONTROLLER.step(state, steady(60, 1, 1, 900)));
    }

    @Test
    void gpus_stay_within_the_budget_whatever_the_fleet_does() {
        int moves = 0;
        for (int seed = 0; seed < 80; seed++) {
            var random = new SplittableRandom(seed);
            int prefillGpus = 1 << random.nextInt(3);
            int decodeGpus = 1 << random.nextInt(3);
            var tuning =
                    Tuning.DEFAULT
                            .with(Option.DEMAND_MARGIN, 0.15)
                            .with(Option.SCALE_DOWN_WINDOW_SECONDS, 120)
                            .with(Option.MAX_STEP_REPLICAS, 1 + random.nextInt(20));
            int budget = prefillGpus + decodeGpus + random.nextInt(40);
            var service = spec(budget, prefillGpus, decodeGpus, tuning);
            moves += run(service, random, seed);
        }
        assertThat(moves).isGreaterThan(300);
    }

    /// Runs a toy fleet for two hours of changing load and checks the budget at every cycle.
    private static int run(ServiceSpec service, SplittableRandom random, int seed) {
        var controller = new Controller(service, laws());
        double stuck = seed % 3 == 0 ? 0.1 : 0;
        var prefill = new ToyFleet(1, stuck, random.split());
        var decode = new ToyFleet(1, stuck, random.split());
        var state = State.INITIAL;
        double rate = 5;
        double input = 3000;
        int begun = 0;
        for (double at = 15; at < 7200; at += 15) {
            if (random.nextInt(40) == 0) {
                rate = random.nextDouble(0.5, 120);
                input = random.nextDouble(200, 8000);
            }
            prefill.runUntil(at);
            decode.runUntil(at);
            var p = prefill.counts(at);
            var d = decode.counts(at);
            var lengths = Reading.of(8_000_000 / (input * input / 100 + 5000));
            var snapshot =
                    new Snapshot(
                            at,
                            Reading.of(15),
                            pool(p, 0, 1),
                            pool(d, 0, 30),
                            traffic(Reading.of(15 * rate), Reading.of(input), lengths),
                            List.of());
            boolean idle = state.move() == null;
            var step = controller.step(state, snapshot);
            state = step.state();
            begun += idle && state.move() != null ? 1 : 0;
            int held =
                    gpus(p, sizes(step.decision()).prefill(), service.prefill().gpusPerReplica())
                            + gpus(
                                    d,
                                    sizes(step.decision()).decode(),
                                    service.decode().gpusPerReplica());
            assertThat(held)
                    .as("seed %d at %s s: %s %s -> %s", seed, at, p, d, step.decision())
                    .isLessThanOrEqualTo(service.budgetGpus());
            prefill.command(sizes(step.decision()).prefill(), at);
            decode.command(sizes(step.decision()).decode(), at);
        }
        return begun;
    }

    private static int gpus(FleetCounts counts, int commanded, int each) {
        int exist = counts.ready() + counts.starting() + counts.pending();
        return each * (Math.max(exist, commanded) + counts.draining());
    }

    @Test
    void a_starved_role_grows_and_keeps_the_budget() {
        var state = State.INITIAL;
        int prefill = 2;
        int decode = 14;
        for (double at = 30; at <= 1800; at += 30) {
            var step =
                    CONTROLLER.step(
                            state,
                            snapshot(
                                    at,
                                    pool(
                                            FleetCounts.steady(prefill),
                                            prefill < 10 ? at * 20 : 0,
                                            5),
                                    pool(FleetCounts.steady(decode), 0, 30),
                                    traffic(1500)));
            state = step.state();
            prefill = sizes(step.decision()).prefill();
            decode = sizes(step.decision()).decode();
            assertThat(2 * (prefill + decode)).isLessThanOrEqualTo(32);
        }
        assertThat(prefill).isGreaterThanOrEqualTo(10);
    }

    @Test
    void calibration_is_bounded_and_learns_only_from_whole_pools() {
        double modelled = 0.01;
        var calibration = Calibration.NONE;
        for (int i = 0; i < 500; i++) {
            calibration =
                    calibration.learn(spec(32), laws(), measured(4, 1.0), List.of(), Lesson.ALWAYS);
        }
        assertThat(calibration.decode().correct(modelled))
                .isLessThanOrEqualTo(Residual.MOST * modelled);
        assertThat(
                        Calibration.NONE.learn(
                                spec(32), laws(), measured(3, 0.012), List.of(), Lesson.ALWAYS))
                .isEqualTo(Calibration.NONE);
        var slower =
                Calibration.NONE.learn(
                        spec(32), laws(), measured(4, 0.0095), List.of(), Lesson.ALWAYS);
        assertThat(slower.decode().correct(modelled)).isBetween(1.0001 * modelled, 2 * modelled);
    }

    private static Snapshot measured(int ready, double itlSeconds) {
        var u = UNKNOWN;
        var seen = pool(new FleetCounts(4, ready, 0, 0, 0, 0), 0, 40);
        var decode =
                new PoolReading(
                        seen.desired(),
                        seen.ready(),
                        seen.starting(),
                        seen.pending(),
                        seen.draining(),
                        seen.failed(),
                        seen.queuedRequests(),
                        u,
                        seen.runningRequests(),
                        u,
                        Reading.of(0.02),
                        u);
        var t = traffic(300);
        var traffic =
                new TrafficReading(
                        t.arrived(),
                        false,
                        u,
                        u,
                        t.inputTokensMean(),
                        u,
                        u,
                        t.outputTokensMean(),
                        u,
                        u,
                        u,
                        Reading.of(itlSeconds),
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of());
        return snapshot(30, seen, decode, traffic);
    }
}
