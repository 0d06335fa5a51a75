package dev.ratematch.costmodel.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import org.junit.jupiter.api.Test;

final class QuantizationTest {

    @Test
    void readsTheLabelsOfTheCalibrationData() {
        for (WeightType type : WeightType.values()) {
            assertThat(WeightType.parse(type.label())).isEqualTo(type);
        }
        assertThatThrownBy(() -> WeightType.parse("nvfp8"))
                .hasMessage(
                        "weight type \"nvfp8\" is not known; did you mean \"nvfp4\"? Known:"
                                + " bfloat16, fp8, fp8_block, nvfp4, w4a8_mxfp4_mxfp8,"
                                + " w4a16_mxfp4, int4_wo.");
    }

    @Test
    void ratesFollowTheFormatOfTheProduct() {
        assertThat(WeightType.INT4.flopsPerSecond(Accelerators.B200)).isEqualTo(2.25e15);
        assertThat(WeightType.MXFP4.flopsPerSecond(Accelerators.B200)).isEqualTo(4.5e15);
        assertThat(WeightType.NVFP4.flopsPerSecond(Accelerators.H100)).isZero();
        assertThat(
                        Quantization.of(Precision.NVFP4, Models.LLAMA_3_1_8B, KvDtype.FP8)
                                .computedBy(Accelerators.H100))
                .isFalse();
    }

    @Test
    void takesTheUsualCheckpointOfTheModel() {
        assertThat(Quantization.of(Precision.FP8, Models.LLAMA_3_1_70B, KvDtype.FP8))
                .isEqualTo(
                        new Quantization(WeightType.FP8, WeightType.FP8, KvDtype.FP8, KvDtype.FP8));
        assertThat(Quantization.of(Precision.FP8, Models.QWEN3_235B_A22B, KvDtype.FP8).gemm())
                .isEqualTo(WeightType.FP8_BLOCK);
        assertThat(Quantization.of(Precision.NVFP4, Models.DEEPSEEK_R1, KvDtype.FP8))
                .isEqualTo(
                        new Quantization(
                                WeightType.NVFP4, WeightType.NVFP4, KvDtype.FP8, KvDtype.BF16));
        assertThat(Quantization.of(Precision.NVFP4, Models.GPT_OSS_120B, KvDtype.FP8))
                .isEqualTo(
                        new Quantization(
                                WeightType.BF16, WeightType.MXFP4, KvDtype.FP8, KvDtype.FP8));
    }

    @Test
    void mxfp4IsMultipliedIn16BitWhereNothingScalesBlocks() {
        var stored = Quantization.of(Precision.MXFP4, Models.GPT_OSS_120B, KvDtype.FP8);
        assertThat(stored.on(Accelerators.B200)).isEqualTo(stored);
        assertThat(stored.on(Accelerators.H200).experts()).isEqualTo(WeightType.MXFP4_A16);
        var fp8 = Quantization.of(Precision.FP8, Models.DEEPSEEK_R1, KvDtype.FP8);
        assertThat(fp8.on(Accelerators.H200)).isEqualTo(fp8);
    }

    /// Half the tensor rate: the experts of a long prompt take longer than they would in FP8.
    @Test
    void workersAreCompiledAsTheAcceleratorRunsThem() {
        var stored = Quantization.of(Precision.MXFP4, Models.GPT_OSS_120B, KvDtype.FP8);
        var wide =
                new Quantization(WeightType.BF16, WeightType.MXFP4_A16, KvDtype.FP8, KvDtype.FP8);
        assertThat(prefillSeconds(stored, Accelerators.H200))
                .isEqualTo(prefillSeconds(wide, Accelerators.H200));
        assertThat(prefillSeconds(stored, Accelerators.B200))
                .isLessThan(prefillSeconds(wide, Accelerators.B200));
    }

    private static double prefillSeconds(Quantization quantization, Accelerator accelerator) {
        return CompiledWorker.compile(
                        TestKernels.of(accelerator),
                        Models.GPT_OSS_120B,
                        quantization,
                        Parallelism.tp(2),
                        Engine.TRTLLM)
                .prefillIterationSeconds(8192, 8192.0 * 8192);
    }

    @Test
    void kimiKeepsAttentionWide() {
        Quantization nvfp4 = Quantization.of(Precision.NVFP4, Models.KIMI_K2_5, KvDtype.FP8);
        assertThat(nvfp4.projections()).isEqualTo(WeightType.BF16);
        assertThat(nvfp4.gemm()).isEqualTo(WeightType.NVFP4);
        assertThat(Quantization.parse(Models.KIMI_K2_5, "nvfp4", "nvfp4", "fp8", "bfloat16"))
                .isEqualTo(nvfp4);
        Quantization int4 = Quantization.of(Precision.INT4, Models.KIMI_K2_5, KvDtype.FP8);
        assertThat(int4.gemm()).isEqualTo(WeightType.BF16);
        assertThat(int4.experts()).isEqualTo(WeightType.INT4);
    }
}
