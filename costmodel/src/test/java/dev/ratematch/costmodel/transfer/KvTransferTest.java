package dev.ratematch.costmodel.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.transfer.KvLink.Mode;
import org.junit.jupiter.api.Test;

final class KvTransferTest {

    private static final KvLink PULL = new KvLink(1e10, Mode.PULL, 0.001);
    private static final KvLink LAYERWISE = new KvLink(1e10, Mode.LAYERWISE, 0.001);

    /// Llama-70B FP8 at 8,000 prompt tokens per second and GPU sends 1.3 GB/s.
    @Test
    void egressFollowsThePaper() {
        double bytes = KvTransfer.bytesPerRequest(8000, 163_840);
        assertThat(KvTransfer.egressBytesPerSecondPerGpu(1, bytes, 1, 1))
                .isCloseTo(1.31e9, within(1e7));
    }

    @Test
    void ingressFallsWithOutputLength() {
        double bytes = KvTransfer.bytesPerRequest(16_000, 35_136);
        double brief = KvTransfer.ingressBytesPerSecondPerGpu(64, bytes, 0.02, 1000, 8);
        double wide = KvTransfer.ingressBytesPerSecondPerGpu(64, bytes, 0.02, 2000, 8);
        assertThat(brief).isEqualTo(2 * wide);
    }

    @Test
    void layerwiseTransferHidesBehindPrefill() {
        double bytes = 1e9;
        assertThat(KvTransfer.exposedSeconds(PULL, 1, bytes, 0.5, 80))
                .isEqualTo(KvTransfer.seconds(PULL, 1, bytes))
                .isCloseTo(0.101, within(1e-9));
        assertThat(KvTransfer.exposedSeconds(LAYERWISE, 1, bytes, 0.5, 80))
                .isCloseTo(0.00225, within(1e-9));
        assertThat(KvTransfer.exposedSeconds(LAYERWISE, 1, bytes, 0, 80))
                .isCloseTo(0.101, within(1e-9));
        assertThat(KvTransfer.exposedSeconds(LAYERWISE, 1, bytes, 0.5, 1))
                .isCloseTo(0.101, within(1e-9));
    }

    @Test
    void linksAreFilledInPartOnly() {
        assertThat(KvTransfer.fullRequestsPerSecond(PULL, 8, 1e9)).isEqualTo(80);
        assertThat(KvTransfer.requestsPerSecond(PULL, 8, 1e9)).isEqualTo(52);
    }

    @Test
    void copiesOfTheCacheAreNoLanes() {
        assertThat(Lanes.of(Models.QWEN3_235B_A22B, Parallelism.tp(8))).isEqualTo(new Lanes(4, 4));
        assertThat(Lanes.of(Models.DEEPSEEK_R1, Parallelism.tp(8))).isEqualTo(new Lanes(1, 1));
    }

    @Test
    void aRequestGoesOverTheLanesOfItsCopyAndOfTheNarrowerSide() {
        var wide = Lanes.of(Models.DEEPSEEK_R1, Parallelism.dep(8));
        assertThat(wide).isEqualTo(new Lanes(1, 8));
        assertThat(Lanes.each(4).to(Lanes.each(2))).isEqualTo(2);
        assertThat(Lanes.each(2).to(Lanes.each(4))).isEqualTo(2);
        assertThat(Lanes.each(4).to(wide)).isEqualTo(1);
    }

    @Test
    void theUsualLinkIsTheNetworkAdapterOfTheGpu() {
        for (var gpu : Accelerators.all()) {
            assertThat(KvLink.of(gpu, Mode.PUSH))
                    .isEqualTo(new KvLink(gpu.nicBytesPerSecond(), Mode.PUSH, 0.002));
        }
    }
}
