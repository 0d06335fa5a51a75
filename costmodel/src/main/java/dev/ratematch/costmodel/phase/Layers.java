package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.ModelSpec.Mla;
import dev.ratematch.costmodel.model.ModelSpec.Moe;
import dev.ratematch.costmodel.model.ModelSpec.SlidingWindow;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;

/// Composes the kernels of one forward pass, in microseconds. Token arguments count the worker.
final class Layers {

    private final ModelSpec model;
    private final Accelerator accelerator;
    private final Kernels kernels;
    private final Precision precision;
    private final KvDtype kv;
    private final Parallelism parallel;

    Layers(
            ModelSpec model,
            Accelerator accelerator,
            Precision precision,
            KvDtype kv,
            Parallelism parallel) {
        this.model = model;
        this.accelerator = accelerator;
        this.kernels = new Kernels(accelerator);
        this.precision = precision;
        this.kv = kv;
        this.parallel = parallel;
    }

    /// All of a prefill iteration but attention; logits of one token only.
    double prefillTokensMicros(double tokens) {
        return tokensMicros(tokens, false) + logits(1);
    }

    /// All of a decode step but attention.
    double decodeTokensMicros(double tokens) {
        return tokensMicros(tokens, true) + logits(perCopy(tokens));
    }

    /// Prefill attention of all layers.
    double contextMicros(double tokens, double squares) {
        double m = perCopy(tokens);
        double s = squares / parallel.attentionData();
        double heads = localHeads();
        if (model.mla().isPresent()) {
            return model.layers() * kernels.latentContextAttention(kv, heads, m, s);
        }
        int dim = model.headDim();
        double full = model.fullAttentionLayers() * kernels.contextAttention(kv, dim, heads, m, s);
        if (model.slidingWindow().isEmpty()) {
            return full;
        }
        SlidingWindow window = model.slidingWindow().get();
        double seen = Math.min(s, 2.0 * window.tokens() * m);
        return full + window.layers() * kernels.contextAttention(kv, dim, heads, m, seen);
    }

    /// Decode attention of all layers.
    double generationMicros(double sequences, double residentTokens) {
        double b = perCopy(sequences);
        double r = residentTokens / parallel.attentionData();
        double heads = localHeads();
        if (model.mla().isPresent()) {
            return model.layers() * kernels.latentGenerationAttention(kv, precision, heads, b, r);
        }
        int dim = model.headDim();
        double kvHeads = localKvHeads();
        double full =
                model.fullAttentionLayers()
                        * kernels.generationAttention(kv, dim, heads, kvHeads, b, r);
        if (model.slidingWindow().isEmpty()) {
            return full;
        }
        SlidingWindow window = model.slidingWindow().get();
        double seen = Math.min(r, window.tokens() * b);
        return full
                + window.layers() * kernels.generationAttention(kv, dim, heads, kvHeads, b, seen);
    }

    private double tokensMicros(double tokens, boolean generating) {
        double m = perCopy(tokens);
        double h = model.hidden();
        double reduce = kernels.allReduce(2 * m * h, parallel.tensor());
        double attention = 2 * kernels.memory(8 * m * h) + projections(m, generating) + reduce;
        int moeLayers = model.moeLayers();
        double dense = moeLayers == model.layers() ? 0 : feedForward(m, model.intermediate());
        double sparse = moeLayers == 0 ? 0 : mixture(tokens, m, generating);
        return kernels.memory(2 * m * h)
                + reduce
                + model.layers() * attention
                + (model.layers() - moeLayers) * (dense + reduce)
                + moeLayers * sparse
                + (parallel.pipeline() - 1) * hop(m);
    }

    private double projections(double m, boolean generating) {
        double h = model.hidden();
        double heads = localHeads();
        if (model.mla().isEmpty()) {
            double dim = model.headDim();
            return kernels.gemm(precision, m, (heads + 2 * localKvHeads()) * dim, h)
                    + kernels.gemm(precision, m, h, heads * dim);
        }
        Mla a = model.mla().get();
        double latent = (double) a.kvLoraRank() + a.qkRopeDim();
        double query = (double) a.qkNopeDim() + a.qkRopeDim();
        double up =
                generating
                        ? 0
                        : kernels.gemm(
                                precision,
                                m,
                                heads * (a.qkNopeDim() + a.valueDim()),
                                a.kvLoraRank());
        return kernels.gemm(precision, m, a.qLoraRank() + latent, h)
                + kernels.gemm(precision, m, heads * query, a.qLoraRank())
                + up
                + kernels.gemm(precision, m, h, heads * a.valueDim());
    }

    private double feedForward(double m, double intermediate) {
        double inner = intermediate / parallel.tensor();
        return kernels.gemm(precision, m, 2 * inner, model.hidden())
                + kernels.memory(6 * m * inner)
                + kernels.gemm(precision, m, model.hidden(), inner);
    }

    private double mixture(double tokens, double m, boolean generating) {
        Moe moe = model.moe().orElseThrow();
        double shared =
                moe.sharedExperts() == 0
                        ? 0
                        : feedForward(m, (double) moe.sharedExperts() * moe.intermediate());
        double router = kernels.gemm(Precision.BF16, m, moe.experts(), model.hidden());
        int ranks = parallel.expert();
        int shards = parallel.gpusPerStage() / ranks;
        double routed =
                kernels.experts(
                        precision,
                        tokens,
                        model.hidden(),
                        moe.intermediate(),
                        moe.topK(),
                        moe.experts(),
                        shards,
                        ranks);
        double exchange =
                parallel.attentionData() > 1
                        ? kernels.allToAll(
                                m, model.hidden(), moe.topK(), ranks, precision.bytesPerElement())
                        : kernels.allReduce(2 * m * model.hidden(), parallel.tensor());
        double path = router + routed + exchange;
        // Decode runs the shared expert beside the routed ones; prefill fills the GPU with either.
        return generating ? Math.max(shared, path) : shared + path;
    }

    private double logits(double m) {
        double vocab = (double) model.vocab() / parallel.tensor();
        return kernels.gemm(Precision.BF16, m, vocab, model.hidden());
    }

    /// Activations to the next stage, over NVLink inside a domain, else over the network.
    private double hop(double m) {
        boolean near = parallel.gpus() <= accelerator.nvlinkGpus();
        double rate = near ? accelerator.nvlinkBytesPerSecond() : accelerator.nicBytesPerSecond();
        return 10 + 2 * m * model.hidden() / rate * 1e6;
    }

    private double perCopy(double amount) {
        return amount / parallel.attentionData();
    }

    private double localHeads() {
        return (double) model.heads() / parallel.tensor();
    }

    private double localKvHeads() {
        return Math.max(1.0, (double) model.kvHeads() / parallel.tensor());
    }
}
