package dev.ratematch.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.experiments.design.Deployment;
import dev.ratematch.harness.judge.Progress;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/// The shape of the map of lengths on nine points: the ratio rises with the prompt and falls with
/// the answer over two orders of magnitude, the gain is largest for long prompts with short
/// answers, and hardly any is left for long answers to short prompts.
final class SensitivityTest {

    private static final Deployment R1 =
            Deployment.of(Models.DEEPSEEK_R1, Accelerators.GB200, 64, Load.of(16_384, 2048));

    /// 16K in, 256 out gains 2.4 times; 1K in, 16K out 1.02 times.
    private static void shape(Sensitivity study) {
        var map = study.map(R1, 50, true, Progress.NONE);
        for (int r = 0; r < map.size(); r++) {
            for (int c = 0; c < map.get(r).size(); c++) {
                var cell = map.get(r).get(c);
                if (c > 0) {
                    assertThat(cell.ratio()).isGreaterThan(1.5 * map.get(r).get(c - 1).ratio());
                }
                if (r > 0) {
                    assertThat(cell.ratio()).isLessThan(map.get(r - 1).get(c).ratio() / 3);
                }
            }
        }
        var heavy = map.getFirst().getLast();
        var light = map.getLast().getFirst();
        assertThat(heavy.ratio() / light.ratio()).isGreaterThan(100);
        assertThat(heavy.gain()).isBetween(1.8, 3.2);
        assertThat(light.gain()).isBetween(0.9, 1.2);
    }

    @Test
    void ratioAndGainFollowTheLengths() {
        shape(new Sensitivity());
    }

    @Test
    void aFixedRatioHasAnotherShape() {
        var fixed = new Sensitivity(OptionalDouble.of(1));
        assertThatThrownBy(() -> shape(fixed)).isInstanceOf(AssertionError.class);
        var map = fixed.map(R1, 50, true, Progress.NONE);
        assertThat(map.getLast().getFirst().gain()).isLessThan(0.6);
    }

    @Test
    void theAnswerIsWorkedOutFromTheFigures() {
        var found = new Sensitivity().run(Asked.nothing(Path.of("."), true), Progress.NONE);
        assertThat(found.answer())
                .contains("deepseek-r1", "0.011 (1K in, 16K out)", "9 of 9 pairs");
        assertThat(found.tables().getFirst().rows()).hasSize(9);
        assertThat(found.paper()).allMatch(note -> note.holds());
    }
}
