package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Advisor.Advice;
import dev.ratematch.controller.core.Advisor.Advised;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.FleetCounts;
import org.junit.jupiter.api.Test;

class AdvisorTest {

    private static final Controller CONTROLLER = new Controller(spec(32), laws());
    private static final Advisor ADVISOR = new Advisor(CONTROLLER);
    private static final int BUSY = 900;

    /// Three windows of a fleet that is too small, seen by an advisor.
    private static Advised advised() {
        var advice = Advice.of(State.INITIAL);
        Advised last = null;
        for (double at = 30; at <= 90; at += 30) {
            last = ADVISOR.step(advice, steady(at, 2, 2, BUSY), null);
            advice = last.advice();
        }
        if (last == null || !(last.step().decision() instanceof Decision.Resize)) {
            throw new AssertionError("No recommendation: " + last);
        }
        return last;
    }

    @Test
    void a_recommendation_is_no_move_and_is_made_again_while_nobody_follows() {
        var first = advised();
        assertThat(first.advice().state().move()).isNull();
        var advice = first.advice();
        for (double at = 120; at <= 3720; at += 30) {
            var next = ADVISOR.step(advice, steady(at, 2, 2, BUSY), null);
            assertThat(next.step().decision())
                    .as("at %s", at)
                    .isInstanceOf(Decision.Resize.class)
                    .extracting(Decision::reason)
                    .isEqualTo(first.step().decision().reason());
            assertThat(next.advice().state().move()).isNull();
            advice = next.advice();
        }
    }

    @Test
    void the_move_begins_when_the_commanded_counts_go_its_way_and_ends_when_it_is_carried_out() {
        var first = advised();
        int p = first.step().decision().prefill();
        int d = first.step().decision().decode();
        var growing =
                ADVISOR.step(
                        first.advice(),
                        snapshot(
                                120,
                                pool(new FleetCounts(p, 2, p - 2, 0, 0, 0), 0, 1),
                                pool(new FleetCounts(d, 2, d - 2, 0, 0, 0), 0, 30),
                                traffic(BUSY)),
                        null);
        assertThat(growing.step().decision().reason()).isEqualTo(Reason.MOVE_IN_PROGRESS);
        var move = growing.advice().state().move();
        assertThat(move).isNotNull();
        var done = ADVISOR.step(growing.advice(), steady(150, p, d, BUSY), null);
        assertThat(done.advice().state().move()).isNull();
        assertThat(done.step().explanation().text()).contains("complete");
    }

    @Test
    void a_change_the_other_way_is_not_the_move() {
        var first = advised();
        var other = ADVISOR.step(first.advice(), steady(120, 1, 2, BUSY), null);
        assertThat(other.advice().state().move()).isNull();
    }

    @Test
    void a_followed_recommendation_that_is_abandoned_is_forgotten_and_never_taken_back() {
        var first = advised();
        var advice = first.advice();
        int half = 3;
        for (double at = 120; at <= 3720; at += 30) {
            var next = ADVISOR.step(advice, steady(at, half, 2, BUSY), null);
            assertThat(next.step().decision().reason())
                    .as("at %s", at)
                    .isNotEqualTo(Reason.COMPENSATING);
            assertThat(next.step().decision().prefill()).isGreaterThanOrEqualTo(half);
            advice = next.advice();
        }
    }

    @Test
    void an_interlock_holds_and_says_what_would_be_done_otherwise() {
        var lock = new Interlock(Reason.PAUSED, "Paused by annotation.");
        var state = State.INITIAL;
        for (double at = 30; at <= 60; at += 30) {
            state = CONTROLLER.step(state, steady(at, 2, 2, BUSY), lock).state();
        }
        var step = CONTROLLER.step(state, steady(90, 2, 2, BUSY), lock);
        assertThat(step.decision()).isEqualTo(new Decision.Hold(2, 2, Reason.PAUSED));
        assertThat(step.explanation().text()).startsWith("Paused by annotation. Without that: ");
        assertThat(step.explanation().plan()).isNotNull();
        assertThat(step.state().move()).isNull();
        assertThat(step.state().commandedPrefill()).isEqualTo(2);
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
            state = CONTROLLER.step(state, steady(at, 2, 2, BUSY), lock).state();
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
