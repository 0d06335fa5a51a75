package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.kernel.Confidence;
import dev.ratematch.costmodel.kernel.Estimate;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.kernel.Kernels.Heads;
import dev.ratematch.costmodel.model.LinearAttention;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.ModelSpec.Mla;
import dev.ratematch.costmodel.model.ModelSpec.SlidingWindow;
import dev.ratematch.costmodel.model.SparseAttention;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.parallel.WeightType;
import dev.ratematch.costmodel.phase.Operator.Part;
import java.util.ArrayList;
import java.util.List;

/// Lists the operators of attention over all layers, on one copy of attention.
final class Attention {

    /// Decode lengths spread around their mean: the average of five, as aiconfigurator takes it.
    private static final double[] SPREAD = {0.9, 0.95, 1, 1.05, 1.1};

    private final ModelSpec model;
    private final Kernels kernels;
    private final Quantization quantization;
    private final Layers layers;
    private final boolean staticScales;

    Attention(
            Kernels kernels,
            ModelSpec model,
            Quantization quantization,
            Layers layers,
            Engine engine) {
        this.kernels = kernels;
        this.model = model;
        this.quantization = quantization;
        this.layers = layers;
        this.staticScales = engine.staticScales();
    }

    /// Prefill attention of `batch` prompts of `length` tokens, none of them cached. With a cached
    /// prefix the whole is to be taken `(S^2 - P^2) / S^2` times.
    List<Operator> context(double batch, double length) {
        var ops = new ArrayList<Operator>();
        if (model.mla().isPresent()) {
            latent(ops, true, batch, length);
            return ops;
        }
        var heads = new Heads(layers.localHeads(), layers.localKvHeads(), model.headDim());
        KvDtype kv = quantization.kv();
        int windowed = model.slidingWindow().map(SlidingWindow::layers).orElse(0);
        int full = model.layers() - linearLayers() - windowed;
        ops.add(
                op(
                        "attention",
                        full,
                        kernels.contextAttention(
                                heads, quantization.attention(), kv, 0, batch, length)));
        if (windowed > 0) {
            int window = model.slidingWindow().orElseThrow().tokens();
            ops.add(
                    op(
                            "windowed attention",
                            windowed,
                            kernels.contextAttention(
                                    heads, quantization.attention(), kv, window, batch, length)));
        }
        ops.add(op("rotation and cache write", full + windowed, cacheWrite(heads)));
        return ops;
    }

    /// Small kernels around prefill attention, priced by the peer without a token count.
    private Estimate cacheWrite(Heads heads) {
        double n = heads.query();
        double kv = heads.keyValue();
        double d = heads.dim();
        Estimate e =
                kernels.memory(2 * (n + kv) * d)
                        .times(2)
                        .plus(
                                kernels.memory(kv * d * quantization.kv().bytesPerElement())
                                        .times(2));
        if (model.qkNorm()) {
            e =
                    e.plus(kernels.memory(2 * n * d).times(4))
                            .plus(kernels.memory(2 * kv * d).times(4));
        }
        return e.times(1.1);
    }

    /// Decode attention of `batch` sequences with `context` tokens each.
    List<Operator> generation(double batch, double context) {
        var ops = new ArrayList<Operator>();
        if (model.mla().isPresent()) {
            latent(ops, false, batch, context);
            return ops;
        }
        var heads = new Heads(layers.localHeads(), layers.localKvHeads(), model.headDim());
        int windowed = model.slidingWindow().map(SlidingWindow::layers).orElse(0);
        int full = model.layers() - linearLayers() - windowed;
        ops.add(op("attention", full, decode(heads, 0, batch, context)));
        if (windowed > 0) {
            int window = model.slidingWindow().orElseThrow().tokens();
            ops.add(op("windowed attention", windowed, decode(heads, window, batch, context)));
        }
        return ops;
    }

    private Estimate decode(Heads heads, int window, double batch, double context) {
        Estimate sum = Estimate.NONE;
        for (double factor : SPREAD) {
            double length = Math.max(1, Math.floor(factor * context));
            sum =
                    sum.plus(
                            kernels.generationAttention(
                                    heads, quantization.kv(), window, batch, length));
        }
        return sum.times(1.0 / SPREAD.length);
    }

    private int linearLayers() {
        return model.linearAttention().map(LinearAttention::layers).orElse(0);
    }

    private static Operator op(String name, double count, Estimate each) {
        return new Operator(name, Part.ATTENTION, count, each);
    }

    private void latent(List<Operator> ops, boolean prefill, double batch, double length) {
        int count = model.layers();
        double heads = layers.localHeads();
        KvDtype kv = quantization.kv();
        if (layers.deepSeekGeometry()) {
            ops.add(
                    op(
                            "latent attention with projections",
                            count,
                            kernels.latentAttention(
                                    prefill,
                                    kv,
                                    quantization.projections(),
                                    heads,
                                    new double[] {batch, length})));
            return;
        }
        double m = prefill ? batch * length : batch;
        latentProjections(ops, prefill, m);
        double read = length;
        if (model.sparseAttention().isPresent()) {
            SparseAttention sparse = model.sparseAttention().get();
            indexer(ops, sparse, prefill, batch, length);
            read = Math.min(length, sparse.topK());
        }
        // A prompt longer than the selection reads topK keys a token instead of half its length.
        double copies = prefill ? batch * length / read : batch;
        double factor = prefill && read < length ? 2 : 1;
        Estimate kernel =
                kernels.latentAttention(prefill, kv, null, heads, new double[] {copies, read});
        ops.add(op("latent attention", count, kernel.times(factor).atMost(Confidence.TRANSFERRED)));
    }

    private void latentProjections(List<Operator> ops, boolean prefill, double m) {
        Mla a = model.mla().orElseThrow();
        WeightType type = quantization.projections();
        double heads = layers.localHeads();
        double h = model.hidden();
        int count = model.layers();
        double latent = (double) a.kvLoraRank() + a.qkRopeDim();
        double query = (double) a.qkNopeDim() + a.qkRopeDim();
        gemm(ops, "latent down", count, type, m, a.qLoraRank() + latent, h);
        gemm(ops, "query up", count, type, m, heads * query, a.qLoraRank());
        if (prefill) {
            double up = heads * (a.qkNopeDim() + a.valueDim());
            gemm(ops, "key, value up", count, type, m, up, a.kvLoraRank());
        } else {
            boolean fp8 = type != WeightType.BF16;
            Estimate both =
                    kernels.latentProjection(true, fp8, heads, m)
                            .plus(kernels.latentProjection(false, fp8, heads, m));
            ops.add(op("absorbed projections", count, both));
        }
        gemm(ops, "attention output", count, type, m, h, heads * a.valueDim());
    }

    private void gemm(
            List<Operator> ops,
            String name,
            int count,
            WeightType type,
            double m,
            double n,
            double k) {
        ops.add(new Operator(name, Part.GEMM, count, kernels.gemm(type, m, n, k, staticScales)));
    }

    /// The indexer of sparse attention: its projections, and scores against every key in FP8. No
    /// kernel of it was measured; it is priced by its bytes and operations at half the FP8 rate.
    private void indexer(
            List<Operator> ops,
            SparseAttention sparse,
            boolean prefill,
            double batch,
            double length) {
        Mla a = model.mla().orElseThrow();
        double m = prefill ? batch * length : batch;
        double wide = (double) sparse.indexHeads() * sparse.indexDim();
        int count = model.layers();
        gemm(ops, "index query", count, quantization.projections(), m, wide, a.qLoraRank());
        gemm(
                ops,
                "index key",
                count,
                quantization.projections(),
                m,
                sparse.indexDim(),
                model.hidden());
        double pairs = prefill ? batch * length * length / 2 : batch * length;
        double flop = 2 * pairs * wide;
        double compute = flop / (0.5 * kernels.accelerator().fp8FlopsPerSecond()) * 1e6;
        Estimate move = kernels.memory(batch * length * (sparse.indexDim() + 4));
        ops.add(
                op(
                        "index scores",
                        count,
                        new Estimate(
                                move.micros() + compute,
                                Math.max(move.rooflineMicros(), compute / 2),
                                Confidence.TRANSFERRED)));
    }
}
