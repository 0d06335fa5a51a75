package dev.ratematch.costmodel.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.transfer.TransferModel.Mode;
import org.junit.jupiter.api.Test;

final class TransferModelTest {

    /// Llama-70B FP8 at 8,000 prompt tokens per second and GPU sends 1.3 GB/s.
    @Test
    void egressFollowsThePaper() {
        double bytes = TransferModel.bytesPerRequest(8000, 163_840);
        assertThat(TransferModel.egressBytesPerSecondPerGpu(1, bytes, 1, 1))
                .isCloseTo(1.31e9, within(1e7));
    }

    @Test
    void ingressFallsWithOutputLength() {
        double bytes = TransferModel.bytesPerRequest(16_000, 35_136);
        double brief = TransferModel.ingressBytesPerSecondPerGpu(64, bytes, 0.02, 1000, 8);
        double wide = TransferModel.ingressBytesPerSecondPerGpu(64, bytes, 0.02, 2000, 8);
        assertThat(brief).isEqualTo(2 * wide);
    }

    @Test
    void copiesOfTheCacheDoNotCountAsGpus() {
        assertThat(TransferModel.distinctGpus(Models.QWEN3_235B_A22B, Parallelism.tp(8)))
                .isEqualTo(4);
        assertThat(TransferModel.distinctGpus(Models.DEEPSEEK_R1, Parallelism.dep(8))).isEqualTo(8);
    }

    @Test
    void layerwiseTransferHidesBehindPrefill() {
        double bytes = 1e9;
        TransferModel pull = new TransferModel(Mode.PULL, 1e10, 0.001);
        TransferModel layerwise = new TransferModel(Mode.LAYERWISE, 1e10, 0.001);
        assertThat(pull.exposedSeconds(bytes, 0.5, 80)).isCloseTo(0.101, within(1e-9));
        assertThat(layerwise.exposedSeconds(bytes, 0.5, 80)).isCloseTo(0.00225, within(1e-9));
        assertThat(layerwise.exposedSeconds(bytes, 0, 80)).isCloseTo(0.101, within(1e-9));
    }
}
