package dev.ratematch.costmodel.memory;

import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.ModelSpec.Moe;
import dev.ratematch.costmodel.parallel.Parallelism;

/// Memory for intermediate results, by the rule of NVIDIA's aiconfigurator (commit 095f58a,
/// `backends/trtllm_backend.py`), which it fitted to TensorRT-LLM.
///
/// @param bytesPerToken bytes per token of an iteration, on one GPU
record Activations(double bytesPerToken) {

    private static final double MIB = 1024.0 * 1024.0;

    /// What is kept for iterations of a few tokens too.
    private static final double MINIMUM_BYTES = 70 * MIB;

    /// Block whose scales the routing workspace holds, four bytes each.
    private static final double BLOCK = 128;

    /// Two bytes times the width of attention times a factor that falls with tensor parallelism and
    /// doubles with experts; under latent attention a workspace for routing comes on top.
    static Activations of(ModelSpec model, Parallelism p) {
        double factor = p.tensor() == 1 ? 11 : p.tensor() < 4 ? 6.5 : 5;
        boolean latent = model.mla().isPresent();
        double width = latent ? model.hidden() : (double) model.heads() * model.headDim();
        double bytes = 2 * width * factor * (model.moe().isPresent() ? 2 : 1);
        if (latent && model.moe().isPresent()) {
            Moe moe = model.moe().get();
            bytes +=
                    width * p.attentionData() * moe.experts() * moe.topK() / p.expert() / BLOCK * 4;
        }
        return new Activations(bytes);
    }

    double bytes(double tokens) {
        return Math.max(MINIMUM_BYTES, bytesPerToken * tokens);
    }
}
