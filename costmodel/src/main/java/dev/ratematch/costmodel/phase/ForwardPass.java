package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.kernel.Confidence;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Quantization;
import java.util.ArrayList;
import java.util.List;

/// One forward pass of a worker, operator by operator. Batches count one copy of attention (one
/// rank under data-parallel attention); all copies run alike.
public final class ForwardPass {

    /// Share of a pass that may be less trustworthy than what is said of the whole.
    private static final double TOLERATED = 0.1;

    private final Layers layers;
    private final Attention attention;

    /// The passes of a model on the kernels of a system.
    public ForwardPass(
            Kernels kernels,
            ModelSpec model,
            Quantization quantization,
            Parallelism parallelism,
            Engine engine) {
        this.layers =
                new Layers(kernels, model, quantization, new Layers.Shard(parallelism, engine));
        this.attention = new Attention(kernels, model, quantization, layers, engine);
    }

    /// Prefill of `batch` prompts of `length` tokens, the first `prefix` of each cached.
    public List<Operator> prefill(double batch, double length, double prefix) {
        var ops = new ArrayList<>(layers.tokens(batch * (length - prefix), batch, false));
        double share = 1 - prefix * prefix / (length * length);
        for (Operator op : attention.context(batch, length)) {
            ops.add(new Operator(op.name(), op.part(), op.count(), op.each().times(share)));
        }
        return ops;
    }

    /// One decode step of `batch` sequences with `context` tokens each.
    public List<Operator> decode(double batch, double context) {
        var ops = new ArrayList<>(layers.tokens(batch, batch, true));
        ops.addAll(generation(batch, context));
        return ops;
    }

    /// All but attention, microseconds.
    double tokensMicros(double tokens, boolean generating) {
        return micros(layers.tokens(tokens, generating ? tokens : 1, generating));
    }

    /// Ways between the stages, microseconds.
    double hopsMicros(double tokens) {
        return micros(layers.hops(tokens));
    }

    /// Whether tokens go only to the ranks of their experts.
    boolean exchanging() {
        return layers.exchanging();
    }

    /// Attention of a prefill, microseconds.
    double contextMicros(double batch, double length) {
        return micros(attention.context(batch, length));
    }

    /// Attention of a decode step, microseconds.
    double generationMicros(double batch, double context) {
        return micros(generation(batch, context));
    }

    private List<Operator> generation(double batch, double context) {
        return layers.overlapped(attention.generation(batch, context), true);
    }

    /// Sum over operators, microseconds.
    public static double micros(List<Operator> ops) {
        return Layers.micros(ops);
    }

    /// The confidence of all but a tenth of the time: what an embedding or the logits alone take
    /// from beyond the measurements does not make a pass untrustworthy.
    public static Confidence confidence(List<Operator> ops) {
        double extrapolated = 0;
        double transferred = 0;
        for (Operator op : ops) {
            double micros = op.total().micros();
            switch (op.each().confidence()) {
                case EXTRAPOLATED -> extrapolated += micros;
                case TRANSFERRED -> transferred += micros;
                case FITTED -> {}
            }
        }
        double tolerated = TOLERATED * micros(ops);
        if (extrapolated > tolerated) {
            return Confidence.EXTRAPOLATED;
        }
        return extrapolated + transferred > tolerated ? Confidence.TRANSFERRED : Confidence.FITTED;
    }
}
