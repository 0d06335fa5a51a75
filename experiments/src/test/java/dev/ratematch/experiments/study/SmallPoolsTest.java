package dev.ratematch.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.experiments.design.Deployment;
import dev.ratematch.experiments.study.SmallPools.Rule;
import org.junit.jupiter.api.Test;

/// What small fleets lose, on three sizes.
final class SmallPoolsTest {

    private static final Deployment DENSE =
            Deployment.of(Models.LLAMA_3_1_70B, Accelerators.GB200, 64, Load.of(16_384, 2048));

    private static void shape(SmallPools study) {
        var fleets = study.fleets(DENSE, Accelerators.GB200, 25, new int[] {4, 8, 32});
        var small = fleets.getFirst();
        var large = fleets.getLast();
        assertThat(small.share(small.other())).isLessThan(0.9);
        assertThat(large.share(large.other())).isGreaterThan(small.share(small.other()) + 0.1);
        assertThat(large.share(large.free())).isBetween(0.9, 1.0001);
        assertThat(fleets).anyMatch(f -> f.share(f.free() - f.whole()) > 0.02);
        for (var fleet : fleets) {
            assertThat(fleet.free()).isBetween(fleet.other() - 1e-9, fleet.unlimited() + 1e-9);
            assertThat(fleet.whole()).isLessThanOrEqualTo(fleet.fractional() + 1e-9);
        }
    }

    @Test
    void fewGpusLoseAndOtherWidthsRegain() {
        shape(new SmallPools());
    }

    @Test
    void oneWidthRegainsNothing() {
        assertThatThrownBy(() -> shape(new SmallPools(Rule.ONE_WIDTH)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void anEvenSplitLosesOnLargeFleetsToo() {
        assertThatThrownBy(() -> shape(new SmallPools(Rule.EVEN)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void aPromiseThatNoEngineKeepsIsRefused() {
        assertThatThrownBy(
                        () ->
                                new SmallPools()
                                        .fleets(DENSE, Accelerators.GB200, 5000, new int[] {8}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("allow more than");
    }
}
