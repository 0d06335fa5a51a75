package dev.ratematch.costmodel.memory;

import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Quantization;
import java.util.Map;

/// The memory of one GPU as NVIDIA's aiconfigurator counts it, for comparison and for checking
/// against its tables. [Memory] is what we plan with. The peer differs from it in these points: it
/// divides weights evenly by the pipeline, but the KV cache not at all; it leaves out the output
/// embedding of models with grouped-query experts; under latent attention it takes every layer for
/// one with experts and does not shard the input embedding; it counts no scales of MXFP4 and INT4;
/// and it keeps collective buffers by tensor parallelism alone.
///
/// @param weightBytes weights
/// @param prefillActivationBytes activations of an iteration of 8,192 tokens
/// @param decodeActivationBytes activations of an iteration of 64 tokens
/// @param kvBytesPerSequence KV cache of one sequence of 8,192 tokens
/// @param communicationBytes buffers of collectives
/// @param engineBytes context, kernels, fragmentation
public record PeerMemory(
        double weightBytes,
        double prefillActivationBytes,
        double decodeActivationBytes,
        double kvBytesPerSequence,
        double communicationBytes,
        double engineBytes) {

    private static final double PREFILL_TOKENS = 8192;
    private static final double DECODE_TOKENS = 64;
    private static final double SEQUENCE_TOKENS = 8192;

    /// The figures for one row of a table with the columns `system`, `model`, `gemm_q`, `moe_q`,
    /// `kv_q`, `fmha_q`, `tp`, `pp`, `dp`, `moe_tp` and `moe_ep`.
    public static PeerMemory of(Map<String, String> row) {
        Accelerators.named(text(row, "system"));
        ModelSpec model = Models.named(text(row, "model"));
        Quantization quantization =
                Quantization.parse(
                        model,
                        text(row, "gemm_q"),
                        text(row, "moe_q"),
                        text(row, "kv_q"),
                        text(row, "fmha_q"));
        Parallelism parallelism =
                Parallelism.of(
                        width(row, "tp"),
                        width(row, "pp"),
                        width(row, "dp"),
                        width(row, "moe_tp"),
                        width(row, "moe_ep"));
        return of(model, quantization, parallelism);
    }

    /// The figures for one worker.
    public static PeerMemory of(ModelSpec model, Quantization quantization, Parallelism p) {
        Activations activations = Activations.of(model, p);
        return new PeerMemory(
                weights(model, quantization, p),
                activations.bytes(PREFILL_TOKENS),
                activations.bytes(DECODE_TOKENS),
                sequence(model, quantization, p),
                Memory.collectiveBytes(p.tensor()),
                Memory.ENGINE_BYTES);
    }

    /// All of one GPU during prefill, with one sequence.
    public double prefillBytes() {
        return weightBytes
                + prefillActivationBytes
                + kvBytesPerSequence
                + communicationBytes
                + engineBytes;
    }

    private static double weights(ModelSpec model, Quantization quantization, Parallelism p) {
        Weights weights = new Weights(model, quantization, p);
        boolean latent = model.mla().isPresent();
        double moeLayers = latent && model.moe().isPresent() ? model.layers() : model.moeLayers();
        double type = quantization.experts().bytesPerElement();
        double unscaled =
                switch (quantization.experts()) {
                    case MXFP4, MXFP4_A16, INT4 -> 0.5 / type;
                    case BF16, FP8, FP8_BLOCK, NVFP4 -> 1;
                };
        double embeddings =
                latent
                        ? weights.embedding() * (1 + 1.0 / p.tensor())
                        : weights.embedding() / p.tensor() * (model.moe().isPresent() ? 1 : 2);
        double all =
                weights.attention()
                        + (model.layers() - moeLayers) * weights.dense()
                        + moeLayers
                                * (weights.experts() * unscaled
                                        + weights.shared()
                                        + weights.router())
                        + embeddings;
        return all / p.pipeline();
    }

    private static double sequence(ModelSpec model, Quantization quantization, Parallelism p) {
        Cache cache = Cache.of(model, quantization.kv());
        double share =
                model.mla().isPresent()
                        ? 1
                        : Math.ceil((double) model.kvHeads() / p.tensor()) / model.kvHeads();
        return cache.tokenBytes(SEQUENCE_TOKENS) * share + cache.stateBytes() / p.tensor();
    }

    private static String text(Map<String, String> row, String column) {
        String value = row.get(column);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(
                    "%s is missing; the row has %s.".formatted(column, row.keySet()));
        }
        return value;
    }

    private static int width(Map<String, String> row, String column) {
        String value = text(row, column);
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s (%s) must be a whole number of GPUs, for example 4."
                            .formatted(column, value),
                    e);
        }
    }
}
