package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.Calibration.Collective;
import dev.ratematch.costmodel.kernel.Calibration.Context;
import dev.ratematch.costmodel.kernel.Calibration.Experts;
import dev.ratematch.costmodel.kernel.Calibration.Gemm;
import dev.ratematch.costmodel.kernel.Calibration.Generation;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Precision;

/// Latency of single kernels on one accelerator, in microseconds: a launch floor plus the roofline
/// at the share of the promised rates that the kernel family reaches. Equations in docs/model.md.
///
/// @param accelerator whose rates count
public record Kernels(Accelerator accelerator) {

    private static final double MICROS = 1e6;

    /// An elementwise or normalising kernel that moves `bytes`: 80 % of the bandwidth and 3 us
    /// (aiconfigurator's rule for memory operations).
    public double memory(double bytes) {
        return 3 + bytes / (accelerator.hbmBytesPerSecond() * 0.8) * MICROS;
    }

    /// `y[m,n] = x[m,k] w[n,k]`, input quantisation included.
    public double gemm(Precision precision, double m, double n, double k) {
        Gemm c =
                switch (precision) {
                    case BF16, INT4 -> Calibration.GEMM_BF16;
                    case FP8, MXFP4 -> Calibration.GEMM_FP8;
                    case NVFP4 -> Calibration.GEMM_NVFP4;
                };
        double compute = ideal(2 * m * n * k, precision) / c.tensorShare();
        double w = precision.bytesPerElement();
        double move = reading(w * (n * k + m * k) + 2 * m * n) / c.memoryShare();
        return c.floorMicros()
                + c.inputMicros() * m * k * 1e-6
                + StrictMath.sqrt(compute * compute + move * move);
    }

    /// Causal prefill attention of grouped-query heads.
    ///
    /// @param heads query heads on this GPU
    /// @param tokens new tokens
    /// @param squares sum of S^2 - P^2 over the requests: S tokens long, the first P of them cached
    public double contextAttention(
            KvDtype kv, int headDim, double heads, double tokens, double squares) {
        Context c =
                kv == KvDtype.FP8
                        ? (headDim <= 64 ? Calibration.CONTEXT_FP8_64 : Calibration.CONTEXT_FP8_128)
                        : (headDim <= 64
                                ? Calibration.CONTEXT_BF16_64
                                : Calibration.CONTEXT_BF16_128);
        Precision tensor = kv == KvDtype.FP8 ? Precision.FP8 : Precision.BF16;
        return context(c, ideal(2 * heads * headDim, tensor), tokens, squares);
    }

    /// Causal prefill attention of latent heads (192 wide scores, 128 wide values).
    public double latentContextAttention(KvDtype kv, double heads, double tokens, double squares) {
        Context c = kv == KvDtype.FP8 ? Calibration.CONTEXT_MLA_FP8 : Calibration.CONTEXT_MLA_BF16;
        return context(c, ideal(320 * heads, Precision.BF16), tokens, squares);
    }

    private static double context(Context c, double idealPerSquare, double tokens, double squares) {
        double ideal = idealPerSquare * squares;
        double ramp = idealPerSquare * c.halfTokens() * tokens;
        return c.floorMicros()
                + (ideal + ramp) / c.tensorShare()
                + c.waveMicros() * StrictMath.sqrt(ideal);
    }

    /// Decode attention of grouped-query heads.
    ///
    /// @param heads query heads on this GPU
    /// @param kvHeads key and value heads on this GPU
    /// @param sequences sequences, one query token each
    /// @param residentTokens tokens of context, summed over the sequences
    public double generationAttention(
            KvDtype kv,
            int headDim,
            double heads,
            double kvHeads,
            double sequences,
            double residentTokens) {
        Generation c =
                kv == KvDtype.FP8
                        ? (headDim <= 64
                                ? Calibration.GENERATION_FP8_64
                                : Calibration.GENERATION_FP8_128)
                        : (headDim <= 64
                                ? Calibration.GENERATION_BF16_64
                                : Calibration.GENERATION_BF16_128);
        double bytes = 2 * residentTokens * kvHeads * headDim * kv.bytesPerElement();
        return c.floorMicros()
                + reading(bytes) / c.memoryShare()
                + c.headMicros() * sequences * heads * 1e-3;
    }

    /// Decode attention of latent heads (512 + 64 wide latent), with both absorbed projections.
    public double latentGenerationAttention(
            KvDtype kv, Precision precision, double heads, double sequences, double resident) {
        Generation c =
                kv == KvDtype.FP8
                        ? Calibration.GENERATION_MLA_FP8
                        : Calibration.GENERATION_MLA_BF16;
        Precision tensor = kv == KvDtype.FP8 ? Precision.FP8 : Precision.BF16;
        double read = reading(576 * resident * kv.bytesPerElement());
        double compute =
                ideal(2 * heads * 1088 * resident, tensor)
                        / Calibration.GENERATION_MLA_TENSOR_SHARE;
        return c.floorMicros()
                + read / c.memoryShare()
                + compute
                + Calibration.GENERATION_MLA_ROOT_MICROS * StrictMath.sqrt(read)
                + c.headMicros() * sequences * heads * 1e-3
                + 2 * latentProjection(precision, heads, sequences);
    }

    private double latentProjection(Precision precision, double heads, double tokens) {
        boolean wide = precision == Precision.BF16;
        Gemm c = wide ? Calibration.LATENT_BMM_BF16 : Calibration.LATENT_BMM_FP8;
        Precision tensor = wide ? Precision.BF16 : Precision.FP8;
        double bytes = heads * (128 * 512 * tensor.bytesPerElement() + tokens * 640 * 2);
        return c.floorMicros()
                + ideal(2 * tokens * heads * 128 * 512, tensor) / c.tensorShare()
                + reading(bytes) / c.memoryShare();
    }

    /// Routed experts on the busiest rank.
    ///
    /// @param tokens tokens entering the group of ranks, all of them together
    /// @param shards GPUs that share one expert
    /// @param ranks groups over which whole experts are placed
    public double experts(
            Precision precision,
            double tokens,
            int hidden,
            int intermediate,
            int topK,
            int experts,
            int shards,
            int ranks) {
        Experts c =
                precision == Precision.NVFP4
                        ? Calibration.EXPERTS_NVFP4
                        : Calibration.EXPERTS_BLOCK;
        double idle = StrictMath.pow(1 - (double) topK / experts, tokens);
        double active = (double) experts / ranks * (1 - idle);
        double compute =
                ideal(6 * tokens * topK * hidden * intermediate / (ranks * shards), precision)
                        / c.tensorShare();
        double weights =
                3.0 * hidden * intermediate / shards * precision.bytesPerElement() * active;
        double move = reading(weights) / c.memoryShare();
        return c.floorMicros()
                + c.routedMicros() * tokens * topK / ranks * hidden * 1e-6
                + c.rootMicros() * StrictMath.sqrt(tokens)
                + c.expertMicros() * active
                + StrictMath.sqrt(compute * compute + move * move);
    }

    /// Sum of `bytes` over `gpus` on NVLink; nothing on one GPU.
    public double allReduce(double bytes, int gpus) {
        if (gpus == 1) {
            return 0;
        }
        Collective c =
                gpus == 2
                        ? Calibration.ALL_REDUCE_2
                        : gpus <= 4 ? Calibration.ALL_REDUCE_4 : Calibration.ALL_REDUCE_8;
        double time = collective(c, bytes);
        return gpus <= 8 ? time : time - c.floorMicros() + Calibration.WIDE_ALL_REDUCE_FLOOR_MICROS;
    }

    /// Sends each of a rank's tokens to its experts' ranks, and the results back.
    ///
    /// @param tokens tokens of one rank
    /// @param elementBytes bytes per element on the way there; the way back is 16 bit
    public double allToAll(double tokens, int hidden, int topK, int ranks, double elementBytes) {
        if (ranks == 1) {
            return 0;
        }
        double elements = tokens * Math.min(topK, ranks - 1) * hidden;
        return collective(Calibration.ALL_TO_ALL_DISPATCH, elements * elementBytes)
                + collective(Calibration.ALL_TO_ALL_COMBINE, elements * 2);
    }

    private double collective(Collective c, double bytes) {
        double slower =
                Accelerators.B200.nvlinkBytesPerSecond() / accelerator.nvlinkBytesPerSecond();
        return c.floorMicros()
                + slower * (bytes / c.bytesPerMicro() + c.rootMicros() * StrictMath.sqrt(bytes));
    }

    private double ideal(double flops, Precision precision) {
        return flops / precision.flopsPerSecond(accelerator) * MICROS;
    }

    private double reading(double bytes) {
        return bytes / accelerator.hbmBytesPerSecond() * MICROS;
    }
}
