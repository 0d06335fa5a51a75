package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelSpec;

/// Number formats of one checkpoint as it is served.
///
/// @param gemm weights of attention, dense layers and shared experts
/// @param experts weights of routed experts; the same as `gemm` without experts
/// @param kv elements of the KV cache
/// @param attention format that prefill attention multiplies in
public record Quantization(WeightType gemm, WeightType experts, KvDtype kv, KvDtype attention) {

    /// The usual checkpoint of a model in that precision, as the calibration data has it: FP8 is
    /// per tensor for dense models and block-scaled for experts; MXFP4 and INT4 checkpoints with
    /// experts quantise those alone (gpt-oss, Kimi-K2.5). gpt-oss in 4 bit is always MXFP4.
    public static Quantization of(Precision precision, ModelSpec model, KvDtype kv) {
        boolean experts = model.moe().isPresent();
        boolean microscaled = experts && model.name().startsWith("gpt-oss");
        KvDtype attention = model.mla().isPresent() ? KvDtype.BF16 : kv;
        return switch (precision) {
            case BF16 -> new Quantization(WeightType.BF16, WeightType.BF16, kv, attention);
            case FP8 -> {
                WeightType type = experts ? WeightType.FP8_BLOCK : WeightType.FP8;
                yield new Quantization(type, type, kv, attention);
            }
            case NVFP4 ->
                    microscaled
                            ? expertsOnly(true, WeightType.MXFP4, kv, attention)
                            : expertsOnly(false, WeightType.NVFP4, kv, attention);
            case MXFP4 -> expertsOnly(experts, WeightType.MXFP4, kv, attention);
            case INT4 -> expertsOnly(experts, WeightType.INT4, kv, attention);
        };
    }

    private static Quantization expertsOnly(
            boolean only, WeightType type, KvDtype kv, KvDtype attention) {
        return new Quantization(only ? WeightType.BF16 : type, type, kv, attention);
    }

    /// Whether the accelerator has tensor cores for both kinds of weights.
    public boolean computedBy(Accelerator accelerator) {
        return gemm.flopsPerSecond(accelerator) > 0 && experts.flopsPerSecond(accelerator) > 0;
    }
}
