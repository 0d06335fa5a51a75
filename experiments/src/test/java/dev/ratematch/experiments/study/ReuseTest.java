package dev.ratematch.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.Slo;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// What prefix hits do, at two rates, and what is cold after a move.
final class ReuseTest {

    private static final Slo PROMISE = new Slo(2, 0.030, 95);
    private static final Asked QUICK = Asked.nothing(Path.of("."), true);

    /// With 94 % hits the ratio is a twelfth and the fleet carries three times the requests.
    private static void shape(Reuse study) {
        var bed = Sites.testbed(QUICK, 32);
        var none = study.step(bed, PROMISE, 0);
        var most = study.step(bed, PROMISE, 0.95);
        assertThat(none.run().hitShare()).isZero();
        assertThat(most.run().hitShare()).isBetween(0.9, 0.95);
        assertThat(most.ratio() / none.ratio()).isBetween(0.05, 0.15);
        assertThat(most.requestsPerSecond() / none.requestsPerSecond()).isBetween(2.2, 3.8);
        assertThat(most.still().attainment()).isGreaterThan(0.95);
    }

    @Test
    void theRatioFallsWithTheHits() {
        shape(new Reuse());
    }

    @Test
    void withoutBlockIdsNothingIsReused() {
        assertThatThrownBy(() -> shape(new Reuse(false))).isInstanceOf(AssertionError.class);
    }

    @Test
    void theSplitThatWasEnoughDoesNotOutliveTheHits() {
        var collapse = new Reuse().collapse(Sites.testbed(QUICK, 32), PROMISE);
        assertThat(Rows.good(collapse.before(), 0, 1800)).isGreaterThan(0.98);
        assertThat(Rows.good(collapse.before(), 1800, 3600)).isLessThan(0.3);
        assertThat(Rows.good(collapse.ours(), 1800, 3600)).isGreaterThan(0.6);
    }

    @Test
    void coldReplicasLowerTheHitRateForAWhile() {
        var minutes = new Reuse().cold(Sites.testbed(QUICK, 32), PROMISE);
        double before = minutes.get(14).hitShare();
        double least =
                minutes.stream()
                        .filter(m -> m.minute() >= 15)
                        .mapToDouble(m -> m.hitShare())
                        .min()
                        .orElseThrow();
        assertThat(least).isLessThan(before - 0.02);
        assertThat(minutes.getLast().hitShare()).isGreaterThan(least);
    }
}
