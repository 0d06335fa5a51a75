package dev.ratematch.controller.move;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Ten GPUs, one a replica.
class OutstandingTest {

    private static final ServiceSpec SPEC =
            new ServiceSpec(
                    new Slo(2, 0.03, 95),
                    10,
                    new PoolSpec(1, 1, 32, 60, 10, 8192, 256, 1.8e6),
                    new PoolSpec(1, 1, 32, 60, 60, 8192, 256, 1.8e6),
                    new KvLink(50e9, KvLink.Mode.PULL, 0.002),
                    163_840,
                    80,
                    Tuning.DEFAULT);

    private Outstanding told = Outstanding.NONE;

    private static PoolReading pool(int desired, int draining) {
        var u = new Reading.Unknown("not given");
        var none = Reading.of(0);
        var count = Reading.of(desired);
        var leaving = Reading.of(draining);
        return new PoolReading(count, count, none, none, leaving, none, u, u, u, u, u, u);
    }

    /// What is published as `3P4D` when some counts are wanted and the targets stand at others.
    private String publish(
            double at, PoolReading prefill, PoolReading decode, int wantPrefill, int wantDecode) {
        var u = new Reading.Unknown("not given");
        var traffic =
                new TrafficReading(
                        u, false, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, List.of());
        var snapshot = new Snapshot(at, u, prefill, decode, traffic, List.of());
        var admitted = told.admit(SPEC, snapshot, new Sizes(wantPrefill, wantDecode));
        told = admitted.next();
        return admitted.sizes().ratio();
    }

    @Test
    void whatTheBudgetBearsIsPublishedAsItIs() {
        assertThat(publish(0, pool(3, 0), pool(4, 0), 3, 4)).isEqualTo("3P4D");
        assertThat(publish(15, pool(3, 0), pool(4, 0), 6, 4)).isEqualTo("6P4D");
        assertThat(publish(30, pool(6, 0), pool(4, 0), 6, 4)).isEqualTo("6P4D");
    }

    @Test
    void aGrowthTakenBackIsNotGivenToTheOtherPoolWhileItMayStillBeApplied() {
        publish(0, pool(3, 0), pool(4, 0), 6, 4);
        assertThat(publish(15, pool(3, 0), pool(4, 0), 3, 7)).isEqualTo("3P4D");
        assertThat(publish(120, pool(3, 0), pool(4, 0), 3, 7)).isEqualTo("3P4D");
        assertThat(publish(135, pool(3, 0), pool(4, 0), 3, 7)).isEqualTo("3P7D");
    }

    @Test
    void aGrowthIsDeadOnceItsTargetIsSeenToHaveGoneBeyond() {
        publish(0, pool(3, 0), pool(4, 0), 6, 4);
        publish(15, pool(3, 0), pool(4, 0), 2, 4);
        assertThat(publish(30, pool(2, 1), pool(4, 0), 2, 7)).isEqualTo("2P7D");
    }

    @Test
    void aRemovalIsSeenThroughWhereTakingItBackCouldOverlapItsOwnDrain() {
        publish(0, pool(6, 0), pool(4, 0), 4, 4);
        assertThat(publish(15, pool(6, 0), pool(4, 0), 6, 4)).isEqualTo("4P4D");
        assertThat(publish(30, pool(4, 2), pool(4, 0), 6, 4)).isEqualTo("4P4D");
        assertThat(publish(45, pool(4, 0), pool(4, 0), 6, 4)).isEqualTo("6P4D");
    }

    @Test
    void aRemovalIsTakenBackWhereTheBudgetBearsIt() {
        publish(0, pool(4, 0), pool(2, 0), 2, 2);
        assertThat(publish(15, pool(4, 0), pool(2, 0), 4, 2)).isEqualTo("4P2D");
    }

    @Test
    void aRecommendationThatNobodyFollowsHoldsNothingBackForLong() {
        publish(0, pool(6, 0), pool(4, 0), 4, 4);
        assertThat(publish(585, pool(6, 0), pool(4, 0), 6, 4)).isEqualTo("4P4D");
        assertThat(publish(600, pool(6, 0), pool(4, 0), 6, 4)).isEqualTo("6P4D");
    }

    @Test
    void aTargetThatCatchesUpIsNotEchoed() {
        publish(0, pool(3, 0), pool(4, 0), 5, 4);
        publish(15, pool(3, 0), pool(4, 0), 4, 4);
        assertThat(publish(30, pool(5, 0), pool(4, 0), 5, 4)).isEqualTo("4P4D");
        assertThat(publish(45, pool(5, 0), pool(4, 0), 5, 4)).isEqualTo("4P4D");
        assertThat(publish(60, pool(4, 1), pool(4, 0), 4, 4)).isEqualTo("4P4D");
    }

    @Test
    void aTargetThatSomebodySetsByHandIsFollowed() {
        publish(0, pool(3, 0), pool(4, 0), 3, 4);
        assertThat(publish(15, pool(2, 1), pool(4, 0), 2, 4)).isEqualTo("2P4D");
    }

    @Test
    void removalsAreAlwaysAdmitted() {
        publish(0, pool(9, 0), pool(4, 0), 9, 4);
        assertThat(publish(15, pool(9, 0), pool(4, 0), 6, 3)).isEqualTo("6P3D");
    }
}
