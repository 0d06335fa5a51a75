package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What becomes of an open move when the service is changed under it.
class ResumptionTest {

    private static final Sizes FROM = new Sizes(4, 1);
    private static final Sizes TO = new Sizes(2, 3);
    private static final ServiceSpec SPEC = spec(32, Tuning.DEFAULT);

    private static State moving() {
        return State.INITIAL.withMove(Move.planned(FROM, TO, 0, 300));
    }

    private static Resumption on(ServiceSpec spec) {
        return Resumption.of(moving().reconfigured(Calibration.NONE), spec, null);
    }

    private static String ended(Resumption resumed) {
        assertThat(resumed.state().move()).isNull();
        return Objects.requireNonNull(resumed.ended());
    }

    @Test
    void aChangeThatDoesNotTouchTheMoveKeepsItOpenAndTheNextCycleGoesOn() {
        var spec = spec(24, Tuning.DEFAULT.with(Option.DEMAND_MARGIN, 0.5));
        var resumed = on(spec);

        assertThat(resumed.ended()).isNull();
        assertThat(resumed.state().move()).isEqualTo(moving().move());
        var step = new Controller(spec, laws()).step(resumed.state(), steady(30, 4, 1, 100));
        assertThat(step.decision().reason()).isEqualTo(Reason.MOVE_IN_PROGRESS);
    }

    @Test
    void aBudgetBelowItsEndEndsIt() {
        int gpus = SPEC.gpus(TO);
        assertThat(on(spec(gpus, Tuning.DEFAULT)).ended()).isNull();
        assertThat(ended(on(spec(gpus - 1, Tuning.DEFAULT))))
                .isEqualTo(
                        "The move from 4P1D to 2P3D ends here: 2P3D holds %d GPUs, the budget is %d."
                                .formatted(gpus, gpus - 1));
    }

    @Test
    void aMinimumAboveItsEndEndsItOnlyWhereItGivesGpusBack() {
        var least = SPEC.withMinBudget(SPEC.gpus(TO) + 1);
        assertThat(on(least).ended()).isNull();
        var shrinking = State.INITIAL.withMove(Move.planned(new Sizes(4, 3), TO, 0, 300));
        assertThat(ended(Resumption.of(shrinking, least, null)))
                .contains("the least is " + least.minBudgetGpus());
    }

    @Test
    void boundsOfAPoolThatItsEndBreaksEndIt() {
        var decode = SPEC.decode();
        var two =
                new PoolSpec(
                        decode.gpusPerReplica(),
                        1,
                        2,
                        decode.leadTimeSeconds(),
                        decode.drainSeconds(),
                        decode.maxBatchedTokens(),
                        decode.maxSequences(),
                        decode.kvTokens());
        var spec =
                new ServiceSpec(
                        SPEC.slo(),
                        SPEC.budgetGpus(),
                        SPEC.prefill(),
                        two,
                        SPEC.link(),
                        SPEC.kvBytesPerToken(),
                        SPEC.layers(),
                        SPEC.tuning());
        assertThat(ended(on(spec))).endsWith("3 decode replicas are not within 1 to 2.");
    }

    @Test
    void countsThatMeanSomethingElseEndIt() {
        var resumed = Resumption.of(moving(), SPEC, Resumption.widths(SPEC, SPEC));
        assertThat(resumed.ended()).isNull();
        String width = Resumption.width(Role.DECODE, 2, 4);
        assertThat(width).isEqualTo("a decode replica holds 4 GPUs now, not 2");
        assertThat(ended(Resumption.of(moving(), SPEC, width))).contains(width);
    }

    @Test
    void withoutAMoveThereIsNothingToEnd() {
        assertThat(Resumption.of(State.INITIAL, SPEC, "anything"))
                .isEqualTo(new Resumption(State.INITIAL, null));
    }
}
