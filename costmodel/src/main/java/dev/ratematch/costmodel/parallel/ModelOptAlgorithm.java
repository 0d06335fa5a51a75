package dev.ratematch.costmodel.parallel;

import java.util.Locale;

/// `quant_algo` as NVIDIA's Model Optimizer writes it and TensorRT-LLM reads it.
final class ModelOptAlgorithm {

    /// Layers differ; which is which stands elsewhere.
    static final String MIXED = "MIXED_PRECISION";

    private ModelOptAlgorithm() {}

    static WeightScheme scheme(String name) {
        String algorithm = name.strip().toUpperCase(Locale.ROOT);
        return switch (algorithm) {
            case "NO_QUANT", "NONE", "BF16", "W16A16" -> WeightScheme.exact(Precision.BF16);
            case "FP8",
                    "FP8_PER_CHANNEL_PER_TOKEN",
                    "FP8_BLOCK_SCALES",
                    "FP8_PB_REAL",
                    "W8A8_FP8" ->
                    WeightScheme.exact(Precision.FP8);
            case "FP8_PB_WO" -> WeightScheme.fp8WeightOnly();
            case "MXFP8" -> WeightScheme.mxfp8();
            case "NVFP4", "NVFP4_AWQ", "NVFP4_SVDQUANT", "W4A4_NVFP4" ->
                    WeightScheme.exact(Precision.NVFP4);
            case "W4A16_NVFP4", "NVFP4_W4A16" -> WeightScheme.nvfp4WeightOnly();
            case "MXFP4", "W4A8_MXFP4_FP8", "W4A8_MXFP4_MXFP8" ->
                    WeightScheme.exact(Precision.MXFP4);
            case "W4A8_NVFP4_FP8" ->
                    WeightScheme.near(
                            Precision.MXFP4,
                            "nvfp4 weights with products in fp8 have no kernels here; planned with"
                                    + " those of mxfp4");
            case "W4A16_MXFP4" ->
                    WeightScheme.near(
                            Precision.MXFP4,
                            "activations stay in 16 bit, so that prefill is slower than planned with"
                                    + " kernels of mxfp4");
            case "W4A16", "W4A16_AWQ", "W4A16_GPTQ", "INT4_AWQ" ->
                    WeightScheme.exact(Precision.INT4);
            default -> byFamily(algorithm);
        };
    }

    private static WeightScheme byFamily(String algorithm) {
        if (algorithm.startsWith("W4A8")) {
            return WeightScheme.int4With8BitActivations();
        }
        if (algorithm.startsWith("W8A8") || algorithm.startsWith("W8A16")) {
            return WeightScheme.int8();
        }
        return algorithm.startsWith("INT8")
                ? WeightScheme.int8()
                : WeightScheme.none(
                        "the algorithm is not known; known are FP8, NVFP4, MXFP4, W4A16_AWQ, W4A8_AWQ,"
                                + " W8A8_SQ and their variants");
    }
}
