package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What becomes of a fleet above its budget, and what is said of a target.
class OverBudgetTest {

    @Test
    void aCutToTheBudgetSparesTheRoleThatStarves() {
        var spec = spec(16);
        var controller = new Controller(spec, laws());
        var state = State.INITIAL;
        Step step = controller.step(state, steady(15, 6, 2, 30));
        for (int at : new int[] {30, 60, 90}) {
            step = controller.step(step.state(), longAnswers(at, 6, 2));
        }
        var outlook = step.explanation();
        assertThat(step.decision().reason()).as(outlook.text()).isNotEqualTo(Reason.OVER_BUDGET);

        var tight = new Controller(spec(12), laws());
        var cut = tight.step(step.state().withMove(null), longAnswers(120, 6, 2));
        assertThat(cut.decision().reason()).isEqualTo(Reason.OVER_BUDGET);
        assertThat(cut.cycle().end()).isEqualTo(new Sizes(4, 2));
    }

    /// Few prompts, and answers that take all that decode has.
    private static Snapshot longAnswers(double at, int prefill, int decode) {
        return snapshot(
                at,
                pool(FleetCounts.steady(prefill), 0, 1),
                pool(FleetCounts.steady(decode), 0, 200),
                traffic(Reading.of(300), Reading.of(300), Reading.of(1500)));
    }

    @Test
    void aDecisionNamesOneTarget() {
        var controller = new Controller(spec(32), laws());
        var first = controller.step(State.INITIAL, steady(30, 2, 2, 900));
        var step = controller.step(first.state(), steady(60, 2, 2, 900));
        var end = Objects.requireNonNull(step.cycle().end(), "end");
        assertThat(step.explanation().text())
                .contains("2P2D carries ", "% of the planned demand", end.ratio() + " 100 %");
        var pairs = Pattern.compile("\\d+P\\d+D").matcher(step.explanation().text()).results();
        assertThat(pairs.map(MatchResult::group).distinct()).hasSize(2);
    }
}
