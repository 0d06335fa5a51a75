package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.kernel.Confidence;
import dev.ratematch.costmodel.kernel.Estimate;
import dev.ratematch.costmodel.kernel.ExpertKernels.Shape;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.model.LinearAttention;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.ModelSpec.Mla;
import dev.ratematch.costmodel.model.ModelSpec.Moe;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.parallel.WeightType;
import dev.ratematch.costmodel.phase.Operator.Part;
import java.util.ArrayList;
import java.util.List;

/// Lists the operators of one forward pass that do not look at context: all but attention. Tokens
/// count one copy of attention (one rank under data-parallel attention).
///
/// The list and the counts are those of NVIDIA's aiconfigurator (docs/model.md).
final class Layers {

    /// What is left of a decode layer's time when kernels are launched before their predecessors
    /// have ended (programmatic dependent launch): the peer's factor, on the same deployments.
    private static final double EARLY_LAUNCH = 0.9;

    private final ModelSpec model;
    private final Kernels kernels;
    private final Quantization quantization;
    private final Parallelism parallel;
    private final Engine engine;
    private final boolean exchanging;

    Layers(Kernels kernels, ModelSpec model, Quantization quantization, Shard shard) {
        this.kernels = kernels;
        this.model = model;
        this.quantization = quantization;
        this.parallel = shard.parallelism();
        this.engine = shard.engine();
        this.exchanging = exchanges();
    }

    /// Whether copies of attention send tokens only to the ranks of their experts: they outnumber
    /// the experts of a token, hold whole ones, and both kernels were measured.
    private boolean exchanges() {
        int copies = parallel.attentionData();
        if (!engine.exchangesTokens()
                || model.moe().isEmpty()
                || parallel.tensor() > 1
                || parallel.expertTensor() > 1
                || copies <= model.moe().get().topK()) {
            return false;
        }
        Shape shape = shape(model.moe().get());
        WeightType type = quantization.experts();
        return kernels.experts().apart(type, shape, skew(), copies, copies).isPresent()
                && kernels.collectives().exchange(type.label(), shape, 1, copies).isPresent();
    }

    private Shape shape(Moe moe) {
        return new Shape(model.hidden(), moe.intermediate(), moe.topK(), moe.experts());
    }

    private String skew() {
        return model.mla().isPresent() ? "1.01" : "1.2";
    }

    /// How a worker is spread, and the engine that runs it.
    record Shard(Parallelism parallelism, Engine engine) {}

    /// Operators of a pass over `m` tokens of a copy.
    ///
    /// @param sequences sequences of the copy, whose last tokens get logits
    /// @param generating decode when true: the shared expert runs beside the routed ones
    List<Operator> tokens(double m, double sequences, boolean generating) {
        var ends = new ArrayList<Operator>();
        ends.add(op("embedding", Part.OTHER, 1, kernels.memory(2 * m * model.hidden())));
        ends.addAll(overlapped(layers(m, sequences, generating), generating));
        ends.add(
                op(
                        "logits",
                        Part.GEMM,
                        1,
                        gemm(
                                WeightType.BF16,
                                sequences,
                                (double) model.vocab() / parallel.tensor(),
                                model.hidden())));
        ends.addAll(hops(m));
        return ends;
    }

    /// Ways of `m` tokens between the stages.
    List<Operator> hops(double m) {
        if (parallel.pipeline() == 1) {
            return List.of();
        }
        double rate = accelerator().linkBytesPerSecond(parallel.gpus());
        return List.of(
                op(
                        "hop to the next stage",
                        Part.COMMUNICATION,
                        parallel.pipeline() - 1,
                        kernels.collectives().hop(m * model.hidden(), rate)));
    }

    boolean exchanging() {
        return exchanging;
    }

    private List<Operator> layers(double m, double sequences, boolean generating) {
        var ops = new ArrayList<Operator>();
        double h = model.hidden();
        int layers = model.layers();
        int moeLayers = model.moeLayers();
        ops.add(op("add and norm", Part.OTHER, 2.0 * layers, kernels.memory(8 * m * h)));
        projections(ops, m);
        linear(ops, m, sequences, generating);
        Estimate reduce =
                kernels.collectives().allReduce(engine.allReduce(), m * h, parallel.tensor());
        boolean latent = model.mla().isPresent();
        if (parallel.tensor() > 1) {
            double reductions = (latent ? 0 : 1) + 2.0 * (layers - moeLayers);
            ops.add(op("all-reduce", Part.COMMUNICATION, reductions, reduce));
        }
        if (moeLayers < layers) {
            feedForward(ops, "feed-forward", layers - moeLayers, m, model.intermediate());
        }
        if (moeLayers > 0) {
            mixture(ops, m, reduce, generating);
        }
        return ops;
    }

    /// Operators of a layer under CUDA graphs, each launched before its predecessor has ended where
    /// the engine does that.
    List<Operator> overlapped(List<Operator> ops, boolean generating) {
        if (!generating || !exchanging) {
            return ops;
        }
        return ops.stream()
                .map(o -> op(o.name(), o.part(), o.count(), o.each().sooner(EARLY_LAUNCH)))
                .toList();
    }

    private Accelerator accelerator() {
        return kernels.accelerator();
    }

    private static Operator op(String name, Part part, double count, Estimate each) {
        return new Operator(name, part, count, each);
    }

    private Estimate gemm(WeightType type, double m, double n, double k) {
        return kernels.gemm(type, m, n, k, engine.staticScales());
    }

    /// Projections of grouped-query attention; those of latent attention are measured with it.
    private void projections(List<Operator> ops, double m) {
        if (model.mla().isPresent()) {
            return;
        }
        double h = model.hidden();
        double dim = model.headDim();
        double heads = localHeads();
        double query = model.outputGate() ? 2 * heads : heads;
        int count = model.layers() - linearLayers();
        ops.add(
                op(
                        "query, key, value",
                        Part.GEMM,
                        count,
                        gemm(
                                quantization.projections(),
                                m,
                                (query + 2 * localKvHeads()) * dim,
                                h)));
        ops.add(
                op(
                        "attention output",
                        Part.GEMM,
                        count,
                        gemm(quantization.projections(), m, h, heads * dim)));
    }

    private int linearLayers() {
        return model.linearAttention().map(LinearAttention::layers).orElse(0);
    }

    /// Gated-delta attention: projections as measured, the recurrence by its bytes and operations,
    /// since no kernel of it was measured.
    private void linear(List<Operator> ops, double m, double sequences, boolean generating) {
        if (model.linearAttention().isEmpty()) {
            return;
        }
        LinearAttention l = model.linearAttention().get();
        double share = 1.0 / parallel.tensor();
        double values = l.valueHeads() * l.valueDim() * share;
        double in = l.channels() * share + values + 2 * l.valueHeads() * share;
        double h = model.hidden();
        ops.add(op("linear in", Part.GEMM, l.layers(), gemm(quantization.projections(), m, in, h)));
        ops.add(
                op(
                        "linear out",
                        Part.GEMM,
                        l.layers(),
                        gemm(quantization.projections(), m, h, values)));
        double state = 4 * values * l.keyDim();
        double bytes = 4 * m * l.channels() * share + 2 * sequences * state;
        Estimate move = kernels.memory(bytes).plus(kernels.memory(4 * m * l.channels() * share));
        double flop = generating ? 0 : 8 * m * values * l.keyDim();
        double busy = flop / (0.3 * accelerator().bf16FlopsPerSecond()) * 1e6;
        Estimate scan =
                new Estimate(
                        move.micros() + busy,
                        move.rooflineMicros() + 0.3 * busy,
                        Confidence.TRANSFERRED);
        ops.add(op("linear attention", Part.ATTENTION, l.layers(), scan));
    }

    private void feedForward(List<Operator> ops, String name, int count, double m, double width) {
        double inner = width / parallel.tensor();
        double h = model.hidden();
        ops.add(op(name + " up", Part.GEMM, count, gemm(quantization.gemm(), m, 2 * inner, h)));
        ops.add(op(name + " act", Part.OTHER, count, kernels.memory(6 * m * inner)));
        ops.add(op(name + " down", Part.GEMM, count, gemm(quantization.gemm(), m, h, inner)));
    }

    private void mixture(List<Operator> ops, double m, Estimate reduce, boolean generating) {
        Moe moe = model.moe().orElseThrow();
        int count = model.moeLayers();
        double h = model.hidden();
        var path = new ArrayList<Operator>();
        path.add(op("router", Part.EXPERTS, count, gemm(WeightType.BF16, m, moe.experts(), h)));
        routed(path, shape(moe), m);
        if (parallel.tensor() > 1) {
            path.add(op("all-reduce (experts)", Part.COMMUNICATION, 2.0 * count, reduce));
        }
        if (moe.sharedExperts() == 0) {
            ops.addAll(path);
            return;
        }
        var shared = new ArrayList<Operator>();
        feedForward(
                shared,
                "shared expert",
                count,
                m,
                (double) moe.sharedExperts() * moe.intermediate());
        if (generating && micros(shared) < micros(path)) {
            ops.addAll(path);
        } else if (generating) {
            ops.addAll(shared);
        } else {
            ops.addAll(shared);
            ops.addAll(path);
        }
    }

    /// Routed experts and the way of the tokens there and back.
    private void routed(List<Operator> path, Shape shape, double m) {
        int count = model.moeLayers();
        int copies = parallel.attentionData();
        WeightType type = quantization.experts();
        String skew = skew();
        if (exchanging) {
            Estimate apart =
                    kernels.experts().apart(type, shape, skew, m * copies, copies).orElseThrow();
            Estimate exchange =
                    kernels.collectives().exchange(type.label(), shape, m, copies).orElseThrow();
            path.add(op("experts", Part.EXPERTS, count, apart));
            path.add(op("exchange of tokens", Part.COMMUNICATION, count, exchange));
            return;
        }
        int[] shards = {parallel.expertTensor(), parallel.expert()};
        Estimate all = kernels.experts().micros(type, shape, skew, m * copies, shards);
        path.add(op("experts", Part.EXPERTS, count, all));
        if (copies == 1) {
            return;
        }
        double x = m * model.hidden() * copies;
        double sent =
                switch (type) {
                    case NVFP4 -> x / 4 + x / 32;
                    case FP8, FP8_BLOCK, MXFP4 -> x / 2;
                    case BF16, MXFP4_A16, INT4 -> x;
                };
        Estimate gather = kernels.collectives().allGather(sent, copies);
        Estimate scatter = kernels.collectives().reduceScatter(x, copies);
        path.add(op("dispatch", Part.COMMUNICATION, count, gather));
        path.add(op("combine", Part.COMMUNICATION, count, scatter));
    }

    static double micros(List<Operator> ops) {
        double sum = 0;
        for (Operator op : ops) {
            sum += op.total().micros();
        }
        return sum;
    }

    double localHeads() {
        return (double) model.heads() / parallel.tensor();
    }

    double localKvHeads() {
        return Math.max(1.0, Math.ceil((double) model.kvHeads() / parallel.tensor()));
    }

    /// Whether the measured modules of latent attention have this model's widths.
    boolean deepSeekGeometry() {
        return model.mla().isPresent()
                && model.hidden() == 7168
                && model.mla().get().equals(new Mla(1536, 512, 128, 64, 128))
                && model.sparseAttention().isEmpty();
    }
}
