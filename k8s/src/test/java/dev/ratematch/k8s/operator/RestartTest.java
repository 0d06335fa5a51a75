package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.TwoPools.AUTO;
import static dev.ratematch.k8s.operator.TwoPools.START;
import static dev.ratematch.k8s.operator.TwoPools.after;
import static dev.ratematch.k8s.operator.TwoPools.first;
import static dev.ratematch.k8s.operator.TwoPools.go;
import static dev.ratematch.k8s.operator.TwoPools.learnt;
import static dev.ratematch.k8s.operator.TwoPools.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.State;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What a session goes on from: what an earlier process left, as far as the spec still allows it.
class RestartTest {

    /// Requests per second that one decode replica cannot carry.
    private static final double MANY = 90;

    @Test
    void anOpenMoveGoesOnAfterARestart() {
        var scene = TwoPools.of(AUTO);
        var service = first(scene).service();
        var moving = moving();
        var stored = status(service.engine(), Memory.write(service, moving));
        var go = first(scene.stored(stored));

        assertThat(Objects.requireNonNull(go.from()).move()).isEqualTo(moving.move());
        assertThat(go.from().calibration()).isEqualTo(moving().calibration());
    }

    @Test
    void anOpenMoveThatTheBudgetNoLongerAllowsIsDropped() {
        var service = first(TwoPools.of(AUTO)).service();
        var stored = status(service.engine(), Memory.write(service, moving()));
        var less = TwoPools.of(AUTO.replace("gpus: 6", "gpus: 4")).stored(stored);
        var go = first(less);

        assertThat(Objects.requireNonNull(go.from()).move()).isNull();
        assertThat(go.from().calibration()).isEqualTo(moving().calibration());
    }

    @Test
    void aMoveUnderWayIsDroppedWhenTheBudgetShrinksUnderIt() {
        var scene = TwoPools.of(AUTO);
        var before = after(first(scene), scene);
        var less = TwoPools.of(AUTO.replace("gpus: 6", "gpus: 4")).at(START.plusSeconds(1));
        var go = go(before, moving(), less);

        assertThat(Objects.requireNonNull(go.from()).move()).isNull();
    }

    @Test
    void aMemoryThatCannotBeReadIsNone() {
        assertThat(first(TwoPools.of(AUTO).stored(status(null, "no memory"))).from())
                .isEqualTo(State.INITIAL);
    }

    /// A state whose move from 4P1D has begun.
    private static State moving() {
        var service = first(TwoPools.of(AUTO)).service();
        var controller = new Controller(service.spec(), service.laws());
        var state = learnt();
        for (int i = 1; i <= 2; i++) {
            state = controller.step(state, Looks.steady(i * Looks.WINDOW, 4, 1, MANY)).state();
        }
        var move = Objects.requireNonNull(state.move());
        assertThat(service.spec().gpus(move.to())).isGreaterThan(4);
        return state;
    }
}
