package dev.ratematch.costmodel.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import org.junit.jupiter.api.Test;

final class MemoryTest {

    private static final double GIB = 1024.0 * 1024 * 1024;

    /// Anchors: the peer's KV bytes per token (163,840 and 35,136 in FP8).
    @Test
    void countsKvBytesPerToken() {
        assertThat(Memory.kvBytesPerToken(Models.LLAMA_3_1_70B, KvDtype.FP8)).isEqualTo(163_840);
        assertThat(Memory.kvBytesPerToken(Models.LLAMA_3_1_70B, KvDtype.BF16)).isEqualTo(327_680);
        assertThat(Memory.kvBytesPerToken(Models.DEEPSEEK_R1, KvDtype.FP8)).isEqualTo(35_136);
    }

    /// Anchor: the peer's 5.61 GiB for Llama-3.1-8B in NVFP4 and 8.46 GiB in FP8.
    @Test
    void weighsLlamaAsThePeerDoes() {
        assertThat(llama(Precision.NVFP4).weightBytesPerGpu() / GIB).isCloseTo(5.61, within(0.01));
        assertThat(llama(Precision.FP8).weightBytesPerGpu() / GIB).isCloseTo(8.46, within(0.01));
    }

    private static Memory llama(Precision precision) {
        return Memory.of(
                Models.LLAMA_3_1_8B, Accelerators.B200, precision, KvDtype.FP8, Parallelism.tp(1));
    }

    @Test
    void aPipelineSharesWeightsAndCache() {
        Memory one = llama(Precision.FP8);
        Memory two =
                Memory.of(
                        Models.LLAMA_3_1_8B,
                        Accelerators.B200,
                        Precision.FP8,
                        KvDtype.FP8,
                        Parallelism.parse("tp1pp2"));
        assertThat(two.weightBytesPerGpu()).isCloseTo(one.weightBytesPerGpu() / 2, within(1.0));
        assertThat(two.kvBytesPerTokenPerGpu()).isEqualTo(one.kvBytesPerTokenPerGpu() / 2);
        assertThat(two.kvBytesPerToken()).isEqualTo(one.kvBytesPerToken());
    }

    /// 7 whole layers of 405B's 126 and one embedding on the fullest of 18 GPUs.
    @Test
    void theFullestStageHasWholeLayers() {
        Quantization bf16 = Quantization.of(Precision.BF16, Models.LLAMA_3_1_405B, KvDtype.BF16);
        double layer =
                (Models.LLAMA_3_1_405B.totalParameters()
                                - Models.LLAMA_3_1_405B.embeddingParameters())
                        / 126
                        * 2;
        Memory memory =
                Memory.of(
                        Models.LLAMA_3_1_405B,
                        Accelerators.GB300,
                        bf16,
                        Parallelism.parse("tp1pp20"));
        assertThat(memory.weightBytesPerGpu())
                .isCloseTo(7 * layer + 2.0 * 16_384 * 128_256, within(1e6));
    }

    /// Qwen3.5: 15 layers of 2 x 2 heads x 256 elements per token; 45 layers of 64 matrices of 128
    /// x 128 in FP32 and three steps of 12,288 channels in BF16, whatever the length.
    @Test
    void linearAttentionKeepsAStateInsteadOfACache() {
        Memory memory =
                Memory.of(
                        Models.QWEN3_5_397B_A17B,
                        Accelerators.B200,
                        Precision.NVFP4,
                        KvDtype.FP8,
                        Parallelism.tep(8));
        double state = 45 * (64 * 128 * 128 * 4.0 + 12_288 * 3 * 2.0);
        assertThat(memory.distinctKvBytesPerToken()).isEqualTo(15 * 2 * 2 * 256);
        assertThat(memory.kvBytesPerSequence(0) * 8).isCloseTo(state, within(1.0));
        assertThat(memory.distinctBytesPerSequence(1000)).isEqualTo(state + 15_360_000);
        // TP 8 stores each of the two KV heads four times.
        assertThat(memory.kvBytesPerSequence(1000) * 8)
                .isCloseTo(state + 4 * 15_360_000, within(1.0));
    }

    @Test
    void aSlidingWindowBoundsTheCacheOfASequence() {
        Memory memory =
                Memory.of(
                        Models.GPT_OSS_120B,
                        Accelerators.B200,
                        Precision.MXFP4,
                        KvDtype.FP8,
                        Parallelism.tp(1));
        assertThat(memory.kvBytesPerToken()).isEqualTo(36 * 1024);
        assertThat(memory.kvBytesPerSequence(8192)).isEqualTo(18 * 1024 * (8192.0 + 128));
    }

    @Test
    void sparseAttentionKeepsAnIndexKeyBesideTheLatent() {
        assertThat(Memory.kvBytesPerToken(Models.GLM_5, KvDtype.FP8))
                .isEqualTo(78 * (576 + 128 + 4));
    }

    @Test
    void countsWholeSequencesPerCopyOfAttention() {
        Memory memory =
                Memory.of(
                        Models.DEEPSEEK_R1,
                        Accelerators.B200,
                        Precision.NVFP4,
                        KvDtype.FP8,
                        Parallelism.dep(8));
        long batch = memory.largestBatch(8192, 1024);
        assertThat(batch % 8).isZero();
        assertThat(batch * 9216).isLessThanOrEqualTo(memory.kvCapacityTokens());
        assertThat((batch + 8) * 9216).isGreaterThan(memory.kvCapacityTokens());
        assertThat(memory.largestBatch(10_000_000, 1)).isZero();
    }

    @Test
    void activationsGrowWithTokensAboveAFloor() {
        Memory memory = llama(Precision.FP8);
        assertThat(memory.activationBytesPerGpu(64)).isEqualTo(70 * 1024 * 1024);
        assertThat(memory.activationBytesPerGpu(8192) / GIB).isCloseTo(0.6875, within(1e-9));
    }

    @Test
    void latentCacheIsCopiedUnderTensorParallelism() {
        Memory tp =
                Memory.of(
                        Models.DEEPSEEK_R1,
                        Accelerators.B200,
                        Precision.NVFP4,
                        KvDtype.FP8,
                        Parallelism.tep(8));
        Memory dp =
                Memory.of(
                        Models.DEEPSEEK_R1,
                        Accelerators.B200,
                        Precision.NVFP4,
                        KvDtype.FP8,
                        Parallelism.dep(8));
        assertThat(tp.kvBytesPerToken()).isEqualTo(8 * dp.kvBytesPerToken());
        assertThat(tp.distinctKvBytesPerToken()).isEqualTo(dp.distinctKvBytesPerToken());
        assertThat(dp.kvCapacityTokens()).isGreaterThan(5 * tp.kvCapacityTokens());
    }

    @Test
    void refusesWeightsThatDoNotFitWithTheSmallestWidthThatDoes() {
        assertThatThrownBy(
                        () ->
                                Memory.of(
                                        Models.LLAMA_3_1_405B,
                                        Accelerators.B200,
                                        Precision.FP8,
                                        KvDtype.FP8,
                                        Parallelism.tp(2)))
                .hasMessageStartingWith("llama-3.1-405b in fp8 does not fit b200 as tp2: ")
                .hasMessageContaining("GB per GPU are missing")
                .hasMessageEndingWith("the smallest that fits is tp4.");
    }

    /// DeepSeek-R1 in FP8 has been measured on four B200, which a share of the whole memory
    /// forbids.
    @Test
    void aShareOfTheFreeMemoryLetsWeightsFillMore() {
        Quantization fp8 = Quantization.of(Precision.FP8, Models.DEEPSEEK_R1, KvDtype.FP8);
        Parallelism four = Parallelism.tp(4);
        assertThatThrownBy(() -> Memory.of(Models.DEEPSEEK_R1, Accelerators.B200, fp8, four))
                .hasMessageEndingWith("the smallest that fits is tp8.");
        Memory memory =
                Memory.of(Models.DEEPSEEK_R1, Accelerators.B200, fp8, four, CacheBudget.OF_FREE);
        assertThat(memory.largestBatch(8192, 1024)).isBetween(10L, 60L);
    }
}
