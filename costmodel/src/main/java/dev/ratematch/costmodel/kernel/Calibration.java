package dev.ratematch.costmodel.kernel;

/// First calibration of the kernel families: the coefficients of the closed forms in [Kernels].
///
/// Fitted to the public kernel measurements of NVIDIA's aiconfigurator (commit 095f58a, Apache-2.0,
/// Copyright (c) 2025-2026 NVIDIA CORPORATION and AFFILIATES; see NOTICE) for HGX B200 with
/// TensorRT-LLM 1.3.0rc20, by least squares on the logarithm of latency over 80 % of the rows. The
/// residuals on the other 20 % are in docs/model.md. Other accelerators use the same shares of
/// their own rates: for GB200 and B300 measured ratios stay within about 5 %, for H100 and H200 it
/// is an assumption.
final class Calibration {

    private Calibration() {}

    /// Matrix product: launch floor, quantisation of the input per million elements, share of the
    /// tensor rate, share of the memory bandwidth.
    record Gemm(double floorMicros, double inputMicros, double tensorShare, double memoryShare) {}

    /// Prefill attention: floor, share of the tensor rate, length at which that share has halved,
    /// and microseconds per square root of a microsecond of ideal time (wave quantisation).
    record Context(double floorMicros, double tensorShare, double halfTokens, double waveMicros) {}

    /// Decode attention: floor, share of bandwidth, microseconds per 1000 query heads.
    record Generation(double floorMicros, double memoryShare, double headMicros) {}

    /// Experts of one rank: floor, tensor share, memory share, microseconds per million routed
    /// elements of the rank, per active expert, and per square root of the tokens of all ranks.
    record Experts(
            double floorMicros,
            double tensorShare,
            double memoryShare,
            double routedMicros,
            double expertMicros,
            double rootMicros) {}

    /// Collective: floor, bytes per microsecond, microseconds per square root of a byte.
    record Collective(double floorMicros, double bytesPerMicro, double rootMicros) {}

    static final Gemm GEMM_BF16 = new Gemm(2.639, 0.0782, 0.7083, 0.7563);

    /// The measured rows quantise with a dynamic scale; checkpoints with static scales do not, so
    /// the fitted cost of `compute_scale` (8.885 us + 0.5925 us per million) is taken off.
    static final Gemm GEMM_FP8 = new Gemm(14.94 - 8.885, 1.271 - 0.5925, 0.6961, 0.7463);

    static final Gemm GEMM_NVFP4 = new Gemm(8.8, 0.8414, 0.5197, 0.5083);

    static final Context CONTEXT_BF16_64 = new Context(13.9, 0.3797, 1810, 5.061);
    static final Context CONTEXT_BF16_128 = new Context(16.07, 0.5914, 2016, 4.123);

    /// FP8 mathematics, relative to the FP8 rate.
    static final Context CONTEXT_FP8_64 = new Context(13.36, 0.2172, 1715, 7.652);

    static final Context CONTEXT_FP8_128 = new Context(14.99, 0.3799, 2148, 6.836);

    /// Latent attention computes in BF16 in the measured kernels, for both cache types.
    static final Context CONTEXT_MLA_BF16 = new Context(15.45, 0.6386, 1053, 5.633);

    static final Context CONTEXT_MLA_FP8 = new Context(20.31, 0.8718, 2748, 6.278);

    static final Generation GENERATION_BF16_64 = new Generation(10.58, 0.9585, 1.032);
    static final Generation GENERATION_BF16_128 = new Generation(11.12, 0.9343, 0.772);
    static final Generation GENERATION_FP8_64 = new Generation(10.8, 0.8589, 0.9368);
    static final Generation GENERATION_FP8_128 = new Generation(11.22, 0.9133, 0.7078);
    static final Generation GENERATION_MLA_BF16 = new Generation(10.61, 0.7892, 0.5769);
    static final Generation GENERATION_MLA_FP8 = new Generation(9.476, 0.9584, 1.014);

    /// Latent decode attention: microseconds per square root of a microsecond of ideal reading.
    static final double GENERATION_MLA_ROOT_MICROS = 1.92;

    /// Latent decode attention computes as much as it reads: share of the tensor rate. The BF16
    /// rows are bound by reading and cannot tell; both use the FP8 value, against their own rate.
    static final double GENERATION_MLA_TENSOR_SHARE = 1.0;

    /// Absorbed projections before and after latent decode attention. The memory share is over 1
    /// because their weights stay in the cache.
    static final Gemm LATENT_BMM_BF16 = new Gemm(4.233, 0, 0.3316, 4.747);

    static final Gemm LATENT_BMM_FP8 = new Gemm(4.201, 0, 0.1982, 2.656);

    /// The FP8 block-scaled kernels of DeepGEMM stand for BF16 experts too, against the BF16 rate:
    /// BF16 experts were not measured.
    static final Experts EXPERTS_BLOCK = new Experts(34.75, 0.3587, 0.9803, 2.252, 0.3411, 0.9056);

    static final Experts EXPERTS_NVFP4 = new Experts(13.35, 0.2911, 1.0, 3.348, 0.0386, 1.901);

    static final Collective ALL_REDUCE_2 = new Collective(4.696, 501_700, 0);
    static final Collective ALL_REDUCE_4 = new Collective(4.696, 350_000, 0.002879);
    static final Collective ALL_REDUCE_8 = new Collective(4.667, 426_800, 0.009415);

    /// No public table reaches further than 8 GPUs. The only published figure for 16 GPUs on NVLink
    /// is 48 to 50 us (aiconfigurator pull request 1593); it is taken as the floor.
    static final double WIDE_ALL_REDUCE_FLOOR_MICROS = 48;

    static final Collective ALL_TO_ALL_DISPATCH = new Collective(12.89, 532_200, 0);
    static final Collective ALL_TO_ALL_COMBINE = new Collective(13.81, 524_200, 0);
}
