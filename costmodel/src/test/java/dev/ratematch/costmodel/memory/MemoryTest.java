package dev.ratematch.costmodel.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import org.junit.jupiter.api.Test;

final class MemoryTest {

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
        double gib = 1024.0 * 1024 * 1024;
        Parallelism one = Parallelism.tp(1);
        assertThat(Memory.weightBytesPerGpu(Models.LLAMA_3_1_8B, Precision.NVFP4, one) / gib)
                .isCloseTo(5.61, within(0.06));
        assertThat(Memory.weightBytesPerGpu(Models.LLAMA_3_1_8B, Precision.FP8, one) / gib)
                .isCloseTo(8.46, within(0.09));
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
}
