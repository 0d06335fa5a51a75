package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelSpec;

/// Number formats of one checkpoint as it is served.
///
/// @param gemm weights of dense layers and shared experts
/// @param experts weights of routed experts; the same as `gemm` without experts
/// @param kv elements of the KV cache
/// @param attention format that prefill attention multiplies in
/// @param projections weights of the projections around attention
public record Quantization(
        WeightType gemm,
        WeightType experts,
        KvDtype kv,
        KvDtype attention,
        WeightType projections) {

    /// Projections around attention in the type of the dense layers.
    public Quantization(WeightType gemm, WeightType experts, KvDtype kv, KvDtype attention) {
        this(gemm, experts, kv, attention, gemm);
    }

    /// The usual checkpoint of a model in that precision, as the calibration data has it: FP8 is
    /// per tensor for dense models and block-scaled for experts; MXFP4 and INT4 checkpoints with
    /// experts quantise those alone (gpt-oss, Kimi-K2.5); Kimi in NVFP4 leaves attention in BF16
    /// (NVIDIA's checkpoint excludes `self_attn`). gpt-oss in 4 bit is always MXFP4.
    public static Quantization of(Precision precision, ModelSpec model, KvDtype kv) {
        boolean experts = model.moe().isPresent();
        boolean microscaled = experts && model.name().startsWith("gpt-oss");
        boolean kimi = model.name().startsWith("kimi");
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
                            : new Quantization(
                                    WeightType.NVFP4,
                                    WeightType.NVFP4,
                                    kv,
                                    attention,
                                    kimi ? WeightType.BF16 : WeightType.NVFP4);
            case MXFP4 -> expertsOnly(experts, WeightType.MXFP4, kv, attention);
            case INT4 -> expertsOnly(experts, WeightType.INT4, kv, attention);
        };
    }

    private static Quantization expertsOnly(
            boolean only, WeightType type, KvDtype kv, KvDtype attention) {
        return new Quantization(only ? WeightType.BF16 : type, type, kv, attention);
    }

    /// The same from the labels of the calibration data (columns `gemm_q`, `moe_q`, `kv_q`,
    /// `fmha_q`), where what a checkpoint excludes from its precision is left unsaid.
    public static Quantization parse(
            ModelSpec model, String gemm, String experts, String kv, String attention) {
        WeightType type = WeightType.parse(gemm);
        boolean excluded = type == WeightType.NVFP4 && model.name().startsWith("kimi");
        return new Quantization(
                type,
                WeightType.parse(experts),
                KvDtype.parse(kv),
                KvDtype.parse(attention),
                excluded ? WeightType.BF16 : type);
    }

    /// The same as an accelerator runs it: tensor cores that cannot scale blocks (Hopper's)
    /// multiply MXFP4 weights in 16 bit.
    public Quantization on(Accelerator accelerator) {
        return experts == WeightType.MXFP4 && !(accelerator.fp4FlopsPerSecond() > 0)
                ? new Quantization(gemm, WeightType.MXFP4_A16, kv, attention, projections)
                : this;
    }

    /// Whether the accelerator has tensor cores for all kinds of weights.
    public boolean computedBy(Accelerator accelerator) {
        return gemm.flopsPerSecond(accelerator) > 0
                && experts.flopsPerSecond(accelerator) > 0
                && projections.flopsPerSecond(accelerator) > 0;
    }

    /// Short name for messages: the precision that users know it by.
    public String text() {
        return switch (experts) {
            case BF16 -> gemm == WeightType.BF16 ? "bf16" : gemm.label();
            case FP8, FP8_BLOCK -> "fp8";
            case NVFP4 -> "nvfp4";
            case MXFP4, MXFP4_A16 -> "mxfp4";
            case INT4 -> "int4";
        };
    }
}
