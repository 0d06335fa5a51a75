package dev.ratematch.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.judge.StaticSearch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Reasoning budgets that explode, on one cluster.
final class ThinkingTest {

    private static final Slo PROMISE = new Slo(2, 0.030, 95);

    /// The split that was best for curt answers keeps a third of the requests good, our controller
    /// three quarters: it needs ten minutes for the explosion and loses nothing of what varies
    /// after it.
    private static void shape(Thinking study) {
        var bed = Sites.testbed(Asked.nothing(Path.of("."), true), 32);
        var trace = Thinking.trace(bed, PROMISE);
        var episode = bed.episode(trace, PROMISE, List.of());
        var start = Thinking.start(bed, PROMISE, trace);
        var kept = new StaticSearch(episode).run(start);
        var ours = study.ours(bed, episode, start, Thinking.margined(0.25));
        assertThat(kept.attainment()).isBetween(0.2, 0.5);
        assertThat(ours.attainment()).isGreaterThan(kept.attainment() + 0.25);
        assertThat(Rows.good(ours, 3000, 4500)).isGreaterThan(0.95);
        assertThat(study.ours(bed, episode, start, Thinking.margined(3)).attainment())
                .isGreaterThan(ours.attainment() + 0.03);
        // Nobody has seen an explosion before: what is kept for a turn back only delays the answer.
        assertThat(study.ours(bed, episode, start, Thinking.WITHOUT_FORECASTS).attainment())
                .isBetween(ours.attainment() + 0.03, ours.attainment() + 0.15);
    }

    @Test
    void movingSavesWhatAKeptSplitLoses() {
        shape(new Thinking());
    }

    @Test
    void aFixedRatioDoesNotFollow() {
        assertThatThrownBy(() -> shape(new Thinking(false))).isInstanceOf(AssertionError.class);
    }
}
