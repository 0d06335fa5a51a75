package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What would be done next, whatever became of it.
class NextMoveTest {

    private static final ServiceSpec SPEC = spec(32);
    private static final Controller CONTROLLER = new Controller(SPEC, laws());

    private static Cycle planned(int replicas, int arrived, @Nullable Interlock interlock) {
        var first = CONTROLLER.step(State.INITIAL, steady(30, replicas, replicas, arrived));
        return CONTROLLER
                .step(
                        first.state(),
                        steady(60, replicas, replicas, arrived),
                        Conduct.CONTROL,
                        interlock)
                .cycle();
    }

    private static NextMove next(Cycle cycle) {
        return Objects.requireNonNull(NextMove.of(cycle), "next");
    }

    @Test
    void isTheMoveThatBegins() {
        var cycle = planned(2, 900, null);
        var next = next(cycle);
        var found = Objects.requireNonNull(cycle.explanation().assessment());

        assertThat(next.from()).isEqualTo(new Sizes(2, 2));
        assertThat(next.to()).isEqualTo(cycle.end());
        assertThat(next.gpus()).isEqualTo(SPEC.gpus(next.to()) - 8).isPositive();
        assertThat(Objects.requireNonNull(next.gain()))
                .isCloseTo(found.end().servedShare() - found.now().servedShare(), within(1e-12))
                .isPositive();
        assertThat(next.heldBy()).isNull();
    }

    @Test
    void isTheProposalThatTheHostHeld() {
        var free = next(planned(2, 900, null));
        var held = next(planned(2, 900, new Interlock(Reason.PAUSED, "Paused.")));

        assertThat(held.to()).isEqualTo(free.to());
        assertThat(held.gain()).isEqualTo(free.gain());
        assertThat(held.heldBy()).isEqualTo(Reason.PAUSED);
    }

    @Test
    void countsGpusThatAreGivenBackBelowZero() {
        var next = next(planned(6, 30, null));

        assertThat(next.gpus()).isNegative();
        assertThat(next.heldBy()).isEqualTo(Reason.SCALE_DOWN_STABILISING);
    }

    @Test
    void isNoneWhereNothingIsBetterAndWhereNothingIsKnown() {
        var plan = Objects.requireNonNull(planned(4, 900, null).explanation().plan()).sizes();
        var first = CONTROLLER.step(State.INITIAL, steady(30, plan.prefill(), plan.decode(), 900));
        var second = CONTROLLER.step(first.state(), steady(60, plan.prefill(), plan.decode(), 900));

        assertThat(NextMove.of(first.cycle())).isNull();
        assertThat(second.cycle().decision().reason()).isEqualTo(Reason.ALREADY_MATCHED);
        assertThat(NextMove.of(second.cycle())).isNull();
    }

    @Test
    void hasNoGainWhereNobodyWeighedIt() {
        var begun =
                CONTROLLER.step(
                        CONTROLLER.step(State.INITIAL, steady(30, 2, 2, 900)).state(),
                        steady(60, 2, 2, 900));
        var stopped =
                CONTROLLER.step(
                        begun.state(),
                        steady(90, 2, 2, 900),
                        Conduct.CONTROL,
                        new Interlock(Reason.CONFLICT, "Somebody else scales."));
        var next = next(stopped.cycle());

        assertThat(next.to()).isEqualTo(Objects.requireNonNull(begun.state().move()).to());
        assertThat(next.gain()).isNull();
        assertThat(next.heldBy()).isEqualTo(Reason.CONFLICT);
    }
}
