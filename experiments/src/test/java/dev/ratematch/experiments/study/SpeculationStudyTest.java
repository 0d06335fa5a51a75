package dev.ratematch.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.judge.Progress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// What speculation does, at three accept lengths.
final class SpeculationStudyTest {

    private static final Asked QUICK = Asked.nothing(Path.of("."), true);
    private static final Slo PROMISE = new Slo(2, 0.030, 95);

    /// Four tokens a step take seven drafts: the ratio rises by about 1.7 times and the fleet
    /// carries 1.4 times the requests; were verification free, decode would fall to a quarter and
    /// the fleet carry 1.7 times.
    private static void shape(SpeculationStudy study) {
        var bed = Sites.testbed(QUICK, 32);
        var one = study.step(QUICK, bed, PROMISE, SpeculationStudy.of(1));
        var two = study.step(QUICK, bed, PROMISE, SpeculationStudy.of(2));
        var four = study.step(QUICK, bed, PROMISE, SpeculationStudy.of(4));
        assertThat(two.ratio()).isGreaterThan(1.2 * one.ratio());
        assertThat(four.ratio() / one.ratio()).isBetween(1.4, 2.4);
        assertThat(four.requestsPerSecond() / one.requestsPerSecond()).isBetween(1.25, 1.55);
        assertThat(one.still().attainment()).isGreaterThan(0.95);
        assertThat(four.still().attainment()).isGreaterThan(0.95);
    }

    @Test
    void theRatioRisesAndDecodeIsNotFree() {
        shape(new SpeculationStudy());
    }

    @Test
    void freeVerificationHasAnotherShape() {
        assertThatThrownBy(() -> shape(new SpeculationStudy(false)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void draftsAreAsManyAsTheAcceptLengthTakes() {
        assertThat(SpeculationStudy.of(1).draftTokens()).isZero();
        assertThat(SpeculationStudy.of(1.8).draftTokens()).isEqualTo(1);
        assertThat(SpeculationStudy.of(2).draftTokens()).isEqualTo(2);
        assertThat(SpeculationStudy.of(4).draftTokens()).isEqualTo(7);
    }

    /// The controller reads the accept length from the engines' own counters.
    @Test
    void ourControllerGivesDecodeUpWhenSpeculationBegins() {
        var bed = Sites.testbed(QUICK, 32);
        var switched =
                SpeculationStudy.switched(bed, PROMISE, SpeculationStudy.of(2.5), Progress.NONE);
        var before = Rows.at(switched.ours(), 1800);
        var after = switched.ours().timeline().getLast();
        assertThat(after.decode()).isLessThan(before.decode());
        assertThat(switched.ours().attainment()).isGreaterThan(0.95);
    }
}
