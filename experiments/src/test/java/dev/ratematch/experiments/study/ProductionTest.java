package dev.ratematch.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.scenario.Scenarios;
import dev.ratematch.harness.traffic.Generators;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Recorded traffic against a plan that knows it.
final class ProductionTest {

    private static final Asked QUICK = Asked.nothing(Path.of("."), true);

    /// On eight GPUs; the best split keeps a half to three quarters of the requests good, since the
    /// trace turns from prompts to answers and back.
    private static void shape(Production study) {
        var played = study.play(Scenarios.named("pool-8"), QUICK);
        assertThat(played.oracle().attainment()).isGreaterThan(played.still().attainment() + 0.05);
        assertThat(played.ours().attainment()).isGreaterThan(played.still().attainment());
        assertThat(played.regret()).isBetween(-5.0, 40.0);
        assertThat(played.ours().moves()).isGreaterThan(1);
    }

    @Test
    void theRatioMovesAndForesightIsAhead() {
        shape(new Production());
    }

    @Test
    void aFixedRatioStaysBehind() {
        assertThatThrownBy(() -> shape(new Production(false))).isInstanceOf(AssertionError.class);
    }

    @Test
    void aTraceOfOnesOwnIsPlayedAlone() {
        var trace = Generators.generate("steady", 1, 600);
        var asked = new Asked(null, null, null, 8, null, null, trace, Path.of("."), 1, true);
        var found = new Production().run(asked, Progress.NONE);
        assertThat(found.tables().getFirst().rows()).hasSize(1);
        assertThat(found.answer()).startsWith("Over 1 recorded traces").contains("on steady with");
    }
}
