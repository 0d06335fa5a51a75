package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.UNKNOWN;
import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A fleet that does at once what it is told, with a mean TTFT that has its own ideas.
class IneffectiveTest {

    private static final double SLOW = 3;
    private static final double GOOD = 0.3;
    private static final Sizes START = new Sizes(2, 2);

    private final Controller controller = new Controller(spec(32), laws());
    private final List<Cycle> cycles = new ArrayList<>();
    private State state = State.INITIAL;
    private Sizes sizes = START;
    private double at;

    private void run(int windows, double ttft, double arrived, Conduct conduct) {
        for (int i = 0; i < windows; i++) {
            at += 30;
            var step = controller.step(state, seen(ttft, arrived), conduct, null);
            state = step.state();
            sizes = Objects.requireNonNull(step.cycle().told().sizes());
            cycles.add(step.cycle());
        }
    }

    private Snapshot seen(double ttft, double arrived) {
        var u = UNKNOWN;
        var traffic =
                new TrafficReading(
                        Reading.of(arrived),
                        false,
                        u,
                        u,
                        Reading.of(3000),
                        u,
                        u,
                        Reading.of(250),
                        u,
                        Reading.of(ttft),
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of());
        return snapshot(
                at,
                pool(FleetCounts.steady(sizes.prefill()), 0, 1),
                pool(FleetCounts.steady(sizes.decode()), 0, 30),
                traffic);
    }

    private static boolean takenBack(Cycle cycle) {
        return cycle.decision() instanceof Decision.Resize
                && cycle.decision().reason() == Reason.INEFFECTIVE;
    }

    private List<Reason> reasons() {
        return cycles.stream().map(c -> c.decision().reason()).toList();
    }

    @Test
    void aMoveWithoutEffectIsTakenBackOnceAndNotTriedAgainOnTheSameTraffic() {
        run(40, SLOW, 900, Conduct.CONTROL);
        assertThat(reasons()).containsOnlyOnce(Reason.GROW);
        assertThat(cycles.stream().filter(IneffectiveTest::takenBack)).hasSize(1);
        assertThat(reasons().getLast()).isEqualTo(Reason.INEFFECTIVE);
        int back = reasons().indexOf(Reason.INEFFECTIVE);
        assertThat(cycles.get(back).explanation().text())
                .contains("what it was meant to mend is no better", "back to 2P2D, once");
        assertThat(sizes).isEqualTo(START);
    }

    @Test
    void aMoveThatHelpsStays() {
        run(3, SLOW, 900, Conduct.CONTROL);
        run(10, GOOD, 900, Conduct.CONTROL);
        assertThat(reasons()).contains(Reason.GROW).doesNotContain(Reason.INEFFECTIVE);
        assertThat(sizes).isNotEqualTo(START);
        assertThat(state.pledge()).isNull();
    }

    @Test
    void moreLoadThanBeforeExplainsABrokenPromise() {
        run(3, SLOW, 900, Conduct.CONTROL);
        run(5, SLOW, 1150, Conduct.CONTROL);
        assertThat(reasons()).doesNotContain(Reason.INEFFECTIVE);
    }

    @Test
    void otherTrafficIsAnotherTry() {
        run(40, SLOW, 900, Conduct.CONTROL);
        int before = cycles.size();
        run(6, SLOW, 1800, Conduct.CONTROL);
        assertThat(reasons().subList(before, cycles.size())).contains(Reason.GROW);
    }

    /// A move that never came about left a pledge; a cut to a smaller budget must not be judged by
    /// it, or it would be taken back.
    @Test
    void aCutToTheBudgetIsHeldToNoEarlierMove() {
        run(2, SLOW, 900, Conduct.CONTROL);
        var begun = Objects.requireNonNull(state.move());
        assertThat(state.pledge()).isNotNull();
        var tight = new Controller(spec(spec(32).gpus(begun.to()) - 2), laws());
        state = state.withMove(null);
        var cut = tight.step(state, seen(SLOW, 900));
        assertThat(cut.decision().reason()).isEqualTo(Reason.OVER_BUDGET);
        assertThat(cut.state().pledge()).isNull();
    }

    @Test
    void adviceIsNotTakenBackButNotRepeatedEither() {
        run(40, SLOW, 900, Conduct.ADVICE);
        assertThat(reasons()).contains(Reason.GROW).doesNotContain(Reason.COMPENSATING);
        assertThat(sizes).isNotEqualTo(START);
    }
}
