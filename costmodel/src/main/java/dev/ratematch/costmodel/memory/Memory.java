package dev.ratematch.costmodel.memory;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import java.util.Locale;

/// What one worker keeps in memory, and how many tokens of context that leaves room for.
///
/// @param weightBytesPerGpu weights on the fullest GPU
/// @param reserveBytesPerGpu activations, communication buffers and the engine itself
/// @param kvBytesPerToken one token of context over all GPUs of the worker, duplicates included
/// @param distinctKvBytesPerToken the same without duplicates: what a transfer has to carry
/// @param kvCapacityTokens tokens of context that the worker holds
public record Memory(
        double weightBytesPerGpu,
        double reserveBytesPerGpu,
        double kvBytesPerToken,
        double distinctKvBytesPerToken,
        long kvCapacityTokens) {

    /// Share of the memory that engines give to weights, activations and KV cache.
    static final double USABLE_SHARE = 0.9;

    private static final double GIB = 1024.0 * 1024.0 * 1024.0;

    /// Context, kernels, fragmentation: 3.5 GiB, and NCCL 0.37 GiB (aiconfigurator system files).
    private static final double ENGINE_BYTES = 3.5 * GIB;

    private static final double NCCL_BYTES = 0.37 * GIB;

    /// Token budget of one iteration that activations are kept for.
    private static final double ITERATION_TOKENS = 8192;

    /// Weighs a worker. Refuses one whose weights leave no room, naming what is missing and the
    /// smallest width that fits.
    public static Memory of(
            ModelSpec model,
            Accelerator accelerator,
            Precision precision,
            KvDtype kv,
            Parallelism parallelism) {
        double weights = weightBytesPerGpu(model, precision, parallelism);
        double reserve = reserveBytesPerGpu(model, parallelism);
        double free = accelerator.hbmBytes() * USABLE_SHARE - weights - reserve;
        double distinct = kvBytesPerToken(model, kv);
        double all = distinct * parallelism.kvDuplication(model);
        double tokens = Math.floor(free * parallelism.gpus() / all);
        if (!(tokens >= 1)) {
            throw new IllegalArgumentException(
                    tooSmall(model, accelerator, precision, parallelism, weights, -free));
        }
        return new Memory(weights, reserve, all, distinct, (long) tokens);
    }

    /// KV bytes of one token in all layers, each stored once. Layers with a sliding window count in
    /// full: engines without a hybrid cache manager keep them so.
    public static double kvBytesPerToken(ModelSpec model, KvDtype kv) {
        double elements =
                model.mla()
                        .map(a -> (double) a.kvLoraRank() + a.qkRopeDim())
                        .orElse(2.0 * model.kvHeads() * model.headDim());
        return model.layers() * elements * kv.bytesPerElement();
    }

    /// Weight bytes on one GPU. Embeddings and routers stay BF16; under data-parallel attention,
    /// attention and shared experts are copied and only routed experts are spread.
    static double weightBytesPerGpu(ModelSpec model, Precision precision, Parallelism p) {
        double copied =
                model.layers() * model.attentionParameters()
                        + (model.layers() - model.moeLayers()) * model.denseParameters()
                        + model.moeLayers() * model.sharedParameters();
        double routed = model.moeLayers() * model.routedParameters();
        double wide = model.embeddingParameters() + model.moeLayers() * model.routerParameters();
        double perStage =
                precision.bytesPerElement() * (copied / p.tensor() + routed / p.gpusPerStage())
                        + Precision.BF16.bytesPerElement() * wide / p.tensor();
        return perStage / p.pipeline();
    }

    /// Activations by the peer's rule (2 bytes x tokens x width x c, with c falling with TP), and
    /// constants.
    private static double reserveBytesPerGpu(ModelSpec model, Parallelism p) {
        double factor = p.tensor() == 1 ? 11 : p.tensor() < 4 ? 6.5 : 5;
        double width = (double) model.heads() * model.headDim();
        double activations =
                2 * ITERATION_TOKENS * width * factor * (model.moe().isPresent() ? 2 : 1);
        return activations + ENGINE_BYTES + (p.gpus() > 1 ? NCCL_BYTES : 0);
    }

    private static String tooSmall(
            ModelSpec model,
            Accelerator accelerator,
            Precision precision,
            Parallelism parallelism,
            double weights,
            double missing) {
        String smallest =
                "no legal tensor parallelism on one NVLink domain is wide enough;"
                        + " take a smaller precision or a pipeline";
        for (int gpus = 1; gpus <= accelerator.nvlinkGpus(); gpus *= 2) {
            Parallelism wider = Parallelism.tp(gpus);
            double need =
                    weightBytesPerGpu(model, precision, wider) + reserveBytesPerGpu(model, wider);
            if (need < accelerator.hbmBytes() * USABLE_SHARE
                    && wider.illegal(model, accelerator).isEmpty()) {
                smallest = "the smallest that fits is " + wider.text();
                break;
            }
        }
        return String.format(
                Locale.ROOT,
                "%s in %s does not fit %s as %s: %.1f GB per GPU are missing (weights %.1f GB, usable"
                        + " %.1f GB); %s.",
                model.name(),
                precision.name().toLowerCase(Locale.ROOT),
                accelerator.name(),
                parallelism.text(),
                missing / 1e9,
                weights / 1e9,
                accelerator.hbmBytes() * USABLE_SHARE / 1e9,
                smallest);
    }
}
