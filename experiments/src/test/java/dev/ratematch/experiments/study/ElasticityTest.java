package dev.ratematch.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.traffic.Generators;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// A promise that becomes strict and relaxed again, on one cluster.
final class ElasticityTest {

    private static final Slo RELAXED = new Slo(2, 0.040, 95);
    private static final Slo STRICT = new Slo(2, 0.0125, 95);

    /// The strict promise is kept after 90 s, with 4 % of its requests lost; the ratio that was
    /// best before loses all of them.
    private static void shape(Elasticity study) {
        var bed = Sites.testbed(Asked.nothing(Path.of("."), true), 32);
        var played = study.play(bed, RELAXED, STRICT, null);
        assertThat(played.lost(played.fixed())).isGreaterThan(0.5);
        assertThat(played.lost(played.ours())).isLessThan(0.15);
        assertThat(played.stable(played.ours(), 1, 0.95)).isBetween(30.0, 600.0);
        assertThat(played.stable(played.ours(), 2, 0.95)).isLessThan(120);
        assertThat(played.ours().moves()).isBetween(1, 12);
        var relaxed = Rows.at(played.ours(), 1800);
        var strict = Rows.at(played.ours(), 3600);
        assertThat(strict.decode()).isGreaterThan(relaxed.decode());
    }

    @Test
    void theControllerFollowsThePromise() {
        shape(new Elasticity());
    }

    /// The promises share a trace of ten minutes, whatever its lengths.
    @Test
    void aTraceOfOnesOwnIsServedUnderThePromisesInTurn() {
        var bed = Sites.testbed(Asked.nothing(Path.of("."), true), 8);
        var own = Generators.generate("steady", 1, 600);
        var played = new Elasticity().play(bed, RELAXED, STRICT, own);
        assertThat(played.stretch()).isEqualTo(own.seconds() / 3);
        assertThat(played.ours().offered()).isEqualTo(bed.scaled(own, STRICT).requests().size());
    }

    @Test
    void aFixedRatioDoesNot() {
        assertThatThrownBy(() -> shape(new Elasticity(false))).isInstanceOf(AssertionError.class);
    }
}
