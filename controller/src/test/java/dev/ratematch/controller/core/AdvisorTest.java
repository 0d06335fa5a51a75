package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import java.util.ArrayList;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AdvisorTest {

    private static final Controller CONTROLLER = new Controller(spec(32), laws());
    private static final int BUSY = 900;

    private static Sizes sizes(Step step) {
        return Objects.requireNonNull(step.decision().counts().sizes());
    }

    private static Step advise(State state, Snapshot snapshot) {
        return CONTROLLER.step(state, snapshot, Conduct.ADVICE, null);
    }

    /// Three windows of a fleet that is too small, seen by an advisor.
    private static Step advised() {
        var state = State.INITIAL;
        Step last = null;
        for (double at = 30; at <= 90; at += 30) {
            last = advise(state, steady(at, 2, 2, BUSY));
            state = last.state();
        }
        if (last == null || !(last.decision() instanceof Decision.Resize)) {
            throw new AssertionError("No recommendation: " + last);
        }
        return last;
    }

    @Test
    void a_recommendation_is_no_move_and_is_made_again_while_nobody_follows() {
        var first = advised();
        assertThat(first.state().move()).isNull();
        var state = first.state();
        for (double at = 120; at <= 3720; at += 30) {
            var next = advise(state, steady(at, 2, 2, BUSY));
            assertThat(next.decision())
                    .as("at %s", at)
                    .isInstanceOf(Decision.Resize.class)
                    .extracting(Decision::reason)
                    .isEqualTo(first.decision().reason());
            assertThat(next.state().move()).isNull();
            state = next.state();
        }
    }

    @Test
    void the_move_begins_when_the_commanded_counts_go_its_way_and_ends_when_it_is_carried_out() {
        var first = advised();
        int p = sizes(first).prefill();
        int d = sizes(first).decode();
        var growing =
                advise(
                        first.state(),
                        snapshot(
                                120,
                                pool(new FleetCounts(p, 2, p - 2, 0, 0, 0), 0, 1),
                                pool(new FleetCounts(d, 2, d - 2, 0, 0, 0), 0, 30),
                                traffic(BUSY)));
        assertThat(growing.decision().reason()).isEqualTo(Reason.MOVE_IN_PROGRESS);
        var move = growing.state().move();
        assertThat(move).isNotNull();
        var done = advise(growing.state(), steady(150, p, d, BUSY));
        assertThat(done.state().move()).isNull();
        assertThat(done.explanation().text()).contains("complete");
    }

    @Test
    void a_change_the_other_way_is_not_the_move() {
        var first = advised();
        var other = advise(first.state(), steady(120, 1, 2, BUSY));
        assertThat(other.state().move()).isNull();
    }

    @Test
    void a_followed_recommendation_that_is_abandoned_is_forgotten_and_never_taken_back() {
        var first = advised();
        var state = first.state();
        int half = 3;
        for (double at = 120; at <= 3720; at += 30) {
            var next = advise(state, steady(at, half, 2, BUSY));
            assertThat(next.decision().reason()).as("at %s", at).isNotEqualTo(Reason.COMPENSATING);
            assertThat(sizes(next).prefill()).isGreaterThanOrEqualTo(half);
            state = next.state();
        }
    }

    /// Unheeded advice to shrink stands; the wait before it does not begin again each time.
    @Test
    void a_recommendation_to_shrink_is_made_again_while_nobody_follows() {
        var state = State.INITIAL;
        var reasons = new ArrayList<Reason>();
        for (double at = 30; at <= 600; at += 30) {
            var step = advise(state, steady(at, 5, 5, 60));
            state = step.state();
            reasons.add(step.decision().reason());
        }
        int first = reasons.indexOf(Reason.SHRINK);
        assertThat(reasons.subList(0, first)).contains(Reason.SCALE_DOWN_STABILISING);
        assertThat(reasons.subList(first, reasons.size())).containsOnly(Reason.SHRINK);
    }

    @Test
    void an_interlock_holds_and_says_what_would_be_done_otherwise() {
        var lock = new Interlock(Reason.PAUSED, "Paused by annotation.");
        var state = State.INITIAL;
        for (double at = 30; at <= 60; at += 30) {
            state = CONTROLLER.step(state, steady(at, 2, 2, BUSY), Conduct.CONTROL, lock).state();
        }
        var step = CONTROLLER.step(state, steady(90, 2, 2, BUSY), Conduct.CONTROL, lock);
        assertThat(step.decision()).isEqualTo(new Decision.Hold(new Counts(2, 2), Reason.PAUSED));
        assertThat(step.explanation().text()).startsWith("Paused by annotation. Without that: ");
        assertThat(step.explanation().plan()).isNotNull();
        assertThat(step.state().move()).isNull();
        assertThat(step.state().commanded()).isEqualTo(new Counts(2, 2));
    }

    @Test
    void a_smaller_fleet_is_held_back_in_every_cycle_under_an_interlock() {
        var lock = new Interlock(Reason.PAUSED, "Paused by annotation.");
        var state = State.INITIAL;
        var reasons = new ArrayList<Reason>();
        for (double at = 30; at <= 600; at += 30) {
            var step = CONTROLLER.step(state, steady(at, 5, 5, 60), Conduct.CONTROL, lock);
            state = step.state();
            reasons.add(step.decision().reason());
        }
        int first = reasons.indexOf(Reason.PAUSED);
        assertThat(first).isPositive();
        assertThat(reasons.subList(first, reasons.size())).containsOnly(Reason.PAUSED);
    }

    @Test
    void an_open_move_stands_still_under_an_interlock_and_keeps_its_time() {
        var state = State.INITIAL;
        for (double at = 30; at <= 90; at += 30) {
            state = CONTROLLER.step(state, steady(at, 2, 2, BUSY)).state();
        }
        var open = state.move();
        if (open == null) {
            throw new AssertionError("No move was opened.");
        }
        var lock = new Interlock(Reason.ROLLOUT_IN_PROGRESS, "decode is being rolled out.");
        for (double at = 120; at <= 1800; at += 30) {
            state = CONTROLLER.step(state, steady(at, 2, 2, BUSY), Conduct.CONTROL, lock).state();
        }
        var frozen = state.move();
        if (frozen == null) {
            throw new AssertionError("The move is gone.");
        }
        assertThat(frozen.phase()).isEqualTo(open.phase());
        assertThat(frozen.deadlineSeconds() - open.deadlineSeconds()).isEqualTo(1710);
        var after = CONTROLLER.step(state, steady(1830, 2, 2, BUSY));
        assertThat(after.decision().reason()).isEqualTo(Reason.MOVE_IN_PROGRESS);
    }
}
