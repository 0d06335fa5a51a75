package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.TwoPools.AUTO;
import static dev.ratematch.k8s.operator.TwoPools.LEARNT;
import static dev.ratematch.k8s.operator.TwoPools.START;
import static dev.ratematch.k8s.operator.TwoPools.after;
import static dev.ratematch.k8s.operator.TwoPools.first;
import static dev.ratematch.k8s.operator.TwoPools.go;
import static dev.ratematch.k8s.operator.TwoPools.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.State;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Outstanding;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Sizes;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What a session goes on from: what an earlier process left, as far as the spec still allows it.
class RestartTest {

    @Test
    void anOpenMoveGoesOnAfterARestart() {
        var scene = TwoPools.of(AUTO);
        var service = first(scene).service();
        var moving = moving(new Sizes(3, 3));
        var stored = status(service.engine(), Memory.write(service, moving));
        var go = first(scene.stored(stored));

        assertThat(Objects.requireNonNull(go.from()).move()).isEqualTo(moving.move());
        assertThat(go.from().calibration()).isEqualTo(LEARNT);
    }

    @Test
    void anOpenMoveThatTheBudgetNoLongerAllowsIsDropped() {
        var service = first(TwoPools.of(AUTO)).service();
        var stored = status(service.engine(), Memory.write(service, moving(new Sizes(3, 3))));
        var less = TwoPools.of(AUTO.replace("gpus: 6", "gpus: 4")).stored(stored);
        var go = first(less);

        assertThat(Objects.requireNonNull(go.from()).move()).isNull();
        assertThat(go.from().calibration()).isEqualTo(LEARNT);
    }

    @Test
    void aMoveUnderWayIsDroppedWhenTheBudgetShrinksUnderIt() {
        var scene = TwoPools.of(AUTO);
        var before = after(first(scene), scene);
        var less = TwoPools.of(AUTO.replace("gpus: 6", "gpus: 4")).at(START.plusSeconds(1));
        var go = go(before, moving(new Sizes(3, 3)), less);

        assertThat(Objects.requireNonNull(go.from()).move()).isNull();
    }

    @Test
    void aMemoryThatCannotBeReadIsNone() {
        assertThat(first(TwoPools.of(AUTO).stored(status(null, "no memory"))).from())
                .isEqualTo(State.INITIAL);
    }

    private static State moving(Sizes to) {
        return new State(
                List.of(),
                null,
                null,
                null,
                null,
                null,
                Counts.of(new Sizes(4, 1)),
                new Move(new Sizes(4, 1), to, Move.Phase.DONOR_DRAINING, 0, 600, null),
                null,
                Outstanding.NONE,
                LEARNT);
    }
}
