package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A budget that is raised while the fleet is being cut to it.
class RaisedBudgetTest {

    private static final Sizes FROM = new Sizes(4, 2);
    private static final Sizes TO = new Sizes(2, 2);
    private static final int HELD = budget(99).gpus(FROM);
    private static final int CUT = budget(99).gpus(TO);

    private static ServiceSpec budget(int gpus) {
        return spec(gpus, Tuning.DEFAULT);
    }

    private static Resumption of(Sizes to, @Nullable Integer before, int gpus) {
        var moving = State.INITIAL.withMove(Move.planned(FROM, to, 0, 300));
        return RaisedBudget.of(new Resumption(moving, null), before, budget(gpus));
    }

    @Test
    void endsTheCutAsSoonAsAReplicaMoreFits() {
        assertThat(of(TO, CUT, HELD).state().move()).isNull();
        assertThat(of(TO, CUT, HELD).ended())
                .isEqualTo(
                        "The move from 4P2D to 2P2D ends here: the budget is %d GPUs now, not %d."
                                .formatted(HELD, CUT));
        int one = budget(99).gpus(TO.plus(Role.PREFILL, 1));
        assertThat(of(TO, CUT, one).ended()).isNotNull();
        if (one - 1 > CUT) {
            assertThat(of(TO, CUT, one - 1).ended()).isNull();
        }
    }

    @Test
    void leavesOpenWhatNoBudgetForced() {
        assertThat(of(TO, HELD, HELD + 8).ended()).isNull(); // given back because it was idle
        assertThat(of(new Sizes(2, 3), CUT, HELD).ended()).isNull(); // a rebalance
        assertThat(of(TO, CUT, CUT).ended()).isNull();
        assertThat(of(TO, null, HELD).ended()).isNull();
    }

    @Test
    void withoutAMoveThereIsNothingToEnd() {
        var rest = new Resumption(State.INITIAL, null);
        assertThat(RaisedBudget.of(rest, CUT, budget(HELD))).isSameAs(rest);
    }
}
