package dev.ratematch.costmodel.memory;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.units.Check;
import java.util.Locale;

/// What one worker keeps in memory, and how many tokens of context that leaves room for.
///
/// @param freeBytesPerGpu what is left for the KV cache
/// @param weightBytesPerGpu weights on the fullest GPU
/// @param activations intermediate results
/// @param communicationBytes buffers of collectives, per GPU
/// @param engineBytes context, kernels and fragmentation, per GPU
/// @param cache what sequences leave in the cache
/// @param parallelism how the worker is spread
/// @param kvDuplication how often every KV head or latent is stored
public record Memory(
        double freeBytesPerGpu,
        double weightBytesPerGpu,
        Activations activations,
        double communicationBytes,
        double engineBytes,
        Cache cache,
        Parallelism parallelism,
        double kvDuplication) {

    private static final double GIB = 1024.0 * 1024.0 * 1024.0;

    /// Context, kernels, fragmentation: 3.5 GiB (aiconfigurator system files).
    static final double ENGINE_BYTES = 3.5 * GIB;

    /// Token budget of one iteration that activations are kept for.
    private static final double ITERATION_TOKENS = 8192;

    /// Weighs a worker. Refuses one whose weights leave no room, naming what is missing and the
    /// smallest width that fits.
    public static Memory of(
            ModelSpec model,
            Accelerator accelerator,
            Quantization quantization,
            Parallelism parallelism) {
        return of(model, accelerator, quantization, parallelism, CacheBudget.OF_MEMORY);
    }

    /// The same for an engine that sizes its cache in that way.
    public static Memory of(
            ModelSpec model,
            Accelerator accelerator,
            Quantization quantization,
            Parallelism parallelism,
            CacheBudget budget) {
        double weights = new Weights(model, quantization, parallelism).fullestGpu();
        Activations activations = Activations.of(model, parallelism);
        double collectives = collectiveBytes(parallelism.gpusPerStage());
        double used = usedBytes(model, quantization, parallelism);
        Memory memory =
                new Memory(
                        budget.free(accelerator.hbmBytes(), used),
                        weights,
                        activations,
                        collectives,
                        ENGINE_BYTES,
                        Cache.of(model, quantization.kv()),
                        parallelism,
                        parallelism.kvDuplication(model));
        if (!(memory.freeBytesPerGpu > 0) || memory.kvCapacityTokens() < 1) {
            throw new IllegalArgumentException(
                    TooSmall.message(model, accelerator, quantization, memory, budget));
        }
        return memory;
    }

    private static double usedBytes(
            ModelSpec model, Quantization quantization, Parallelism parallelism) {
        return new Weights(model, quantization, parallelism).fullestGpu()
                + Activations.of(model, parallelism).bytes(ITERATION_TOKENS)
                + collectiveBytes(parallelism.gpusPerStage())
                + ENGINE_BYTES;
    }

    /// The same for the usual checkpoint of that precision.
    public static Memory of(
            ModelSpec model,
            Accelerator accelerator,
            Precision precision,
            KvDtype kv,
            Parallelism parallelism) {
        return of(model, accelerator, Quantization.of(precision, model, kv), parallelism);
    }

    /// Whether that worker would fit, without an exception.
    public static boolean fits(
            ModelSpec model,
            Accelerator accelerator,
            Quantization quantization,
            Parallelism parallelism,
            CacheBudget budget) {
        return usedBytes(model, quantization, parallelism) < budget.usable(accelerator.hbmBytes());
    }

    /// KV bytes of one token in all layers, each stored once; with the keys of a sparse indexer.
    /// Layers with a sliding window count in full: engines without a hybrid cache manager keep them
    /// so. [#kvBytesPerSequence] limits them to their window.
    public static double kvBytesPerToken(ModelSpec model, KvDtype kv) {
        return Cache.of(model, kv).bytesPerToken();
    }

    /// Buffers of collectives by the number of GPUs in them (aiconfigurator system files).
    static double collectiveBytes(int gpus) {
        return gpus == 1 ? 0 : gpus < 4 ? 358_612_992 : 411_041_792;
    }

    /// Activations of an iteration of so many tokens of one copy of attention.
    public double activationBytesPerGpu(double tokens) {
        Check.finiteAtLeast("tokens", tokens, 0);
        return activations.bytes(tokens);
    }

    /// Activations of a full iteration, communication buffers and the engine itself.
    public double reserveBytesPerGpu() {
        return activations.bytes(ITERATION_TOKENS) + communicationBytes + engineBytes;
    }

    /// One token of context over all GPUs of the worker, duplicates included.
    public double kvBytesPerToken() {
        return cache.bytesPerToken() * kvDuplication;
    }

    /// The same without duplicates: what a transfer has to carry.
    public double distinctKvBytesPerToken() {
        return cache.bytesPerToken();
    }

    /// One token of context on each GPU of the copy of attention that serves it.
    public double kvBytesPerTokenPerGpu() {
        return kvBytesPerToken() / gpusPerCopy();
    }

    /// One sequence of so many tokens on each GPU of the copy that serves it: windows limited,
    /// state of linear attention included.
    public double kvBytesPerSequence(double tokens) {
        Check.finiteAtLeast("tokens", tokens, 0);
        return (cache.tokenBytes(tokens) * kvDuplication + cache.stateBytes()) / gpusPerCopy();
    }

    /// One sequence of so many tokens, stored once, windows limited and state included: what the
    /// transfer of a whole prompt carries.
    public double distinctBytesPerSequence(double tokens) {
        Check.finiteAtLeast("tokens", tokens, 0);
        return cache.tokenBytes(tokens) + cache.stateBytes();
    }

    /// Tokens of context that the worker holds, every layer counted in full; states of linear
    /// attention are not taken off, as they depend on the number of sequences.
    public long kvCapacityTokens() {
        return (long) Math.floor(freeBytesPerGpu * parallelism.gpus() / kvBytesPerToken());
    }

    /// Most sequences that the worker holds at once when each grows to its full length; 0 when not
    /// even one fits.
    ///
    /// @param inputTokens tokens of the prompt
    /// @param outputTokens tokens that are generated
    public long largestBatch(double inputTokens, double outputTokens) {
        Check.finiteAtLeast("inputTokens", inputTokens, 1);
        Check.finiteAtLeast("outputTokens", outputTokens, 0);
        double one = kvBytesPerSequence(inputTokens + outputTokens);
        return parallelism.attentionData() * (long) Math.floor(freeBytesPerGpu / one);
    }

    private double gpusPerCopy() {
        return (double) parallelism.tensor() * parallelism.pipeline();
    }

    /// The refusal of a worker that does not fit.
    private static final class TooSmall {

        static String message(
                ModelSpec model,
                Accelerator accelerator,
                Quantization quantization,
                Memory memory,
                CacheBudget budget) {
            double used = memory.weightBytesPerGpu + memory.reserveBytesPerGpu();
            double usable = budget.usable(accelerator.hbmBytes());
            return String.format(
                    Locale.ROOT,
                    "%s in %s does not fit %s as %s: %.1f GB per GPU are missing (weights %.1f GB,"
                            + " usable %.1f GB); %s.",
                    model.name(),
                    quantization.text(),
                    accelerator.name(),
                    memory.parallelism.text(),
                    (used - usable) / 1e9,
                    memory.weightBytesPerGpu / 1e9,
                    usable / 1e9,
                    advice(model, accelerator, quantization, budget));
        }

        private static String advice(
                ModelSpec model,
                Accelerator accelerator,
                Quantization quantization,
                CacheBudget budget) {
            for (int gpus = 1; gpus <= accelerator.nvlinkGpus(); gpus *= 2) {
                Parallelism wider = Parallelism.tp(gpus);
                if (fits(model, accelerator, quantization, wider, budget)
                        && wider.illegal(model, accelerator).isEmpty()) {
                    return "the smallest that fits is " + wider.text();
                }
            }
            return "no legal tensor parallelism on one NVLink domain is wide enough;"
                    + " take a smaller precision or a pipeline";
        }
    }
}
