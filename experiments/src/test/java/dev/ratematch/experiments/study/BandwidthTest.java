package dev.ratematch.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.transfer.KvLink.Mode;
import dev.ratematch.experiments.design.Deployment;
import dev.ratematch.harness.judge.Progress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the way of KV costs, on a wide link, a busy one and one that is too narrow.
final class BandwidthTest {

    private static final Asked QUICK = Asked.nothing(Path.of("."), true);
    private static final Slo PROMISE = new Slo(2, 0.030, 95);

    /// On the wide link 15 ms show when pulled, 2.2 ms layer by layer, of which 2 ms are the
    /// latency; a link too narrow by a tenth loses the promise in every mode.
    private static void shape(Bandwidth study) {
        var bed = Sites.testbed(QUICK, 32);
        var trace = Bandwidth.trace(QUICK, bed, PROMISE, 300);
        var points = study.sweep(bed, trace, PROMISE, new double[] {8, 1.5, 0.9}, Progress.NONE);
        for (var point : points) {
            boolean wide = point.link() > 1.2 * point.needed();
            assertThat(point.run().good()).isBetween(wide ? 0.99 : 0, wide ? 1 : 0.9);
        }
        double pull = wide(points, Mode.PULL).exposed();
        double layers = wide(points, Mode.LAYERWISE).exposed();
        assertThat(pull).isBetween(0.012, 0.030);
        assertThat(layers).isBetween(0.002, 0.004);
    }

    private static Bandwidth.Point wide(List<Bandwidth.Point> points, Mode mode) {
        return points.stream().filter(p -> p.mode() == mode).findFirst().orElseThrow();
    }

    @Test
    void layersHideBehindPrefillUntilTheLinkIsFull() {
        shape(new Bandwidth());
    }

    @Test
    void withoutOverlapTheTransferShows() {
        assertThatThrownBy(() -> shape(new Bandwidth(false))).isInstanceOf(AssertionError.class);
    }

    /// Paper, Fig. 12: R1 moves 0.4 to 1.8 GB/s/GPU, egress falls and ingress rises to a level as
    /// prompts grow. Ours: 0.74 to 0.16 out, 0.11 to 1.14 in, of 2048 tokens out.
    @Test
    void kvTrafficFollowsThePaper() {
        var flows =
                Bandwidth.flows(
                        Deployment.of(
                                Models.DEEPSEEK_R1, Accelerators.GB200, 64, Load.of(8192, 2048)),
                        50);
        for (int i = 1; i < flows.size(); i++) {
            assertThat(flows.get(i).out()).isLessThan(flows.get(i - 1).out());
            assertThat(flows.get(i).in()).isGreaterThan(flows.get(i - 1).in());
        }
        assertThat(flows.getFirst().out()).isBetween(0.4, 1.8);
        assertThat(flows.getLast().in()).isBetween(0.4, 1.8);
    }

    /// The link carries seven eighths of the need for a quarter of an hour.
    @Test
    void aLinkThatSagsIsSeenByUsersAndHeals() {
        var bed = Sites.testbed(QUICK, 32);
        var trace = Bandwidth.trace(QUICK, bed, PROMISE, 2700);
        var still = new Bandwidth().sag(bed, trace, PROMISE, Progress.NONE).still();
        assertThat(Rows.good(still, 0, 900)).isGreaterThan(0.99);
        assertThat(Rows.good(still, 900, 1800)).isLessThan(0.2);
        assertThat(Rows.good(still, 2400, 2700)).isGreaterThan(0.99);
    }
}
