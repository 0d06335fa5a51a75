package dev.ratematch.costmodel.memory;

import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.ModelSpec.Moe;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.parallel.WeightType;

/// Bytes of weights on one GPU, layer by layer.
///
/// @param model whose weights
/// @param quantization their types; embeddings and routers are BF16 always
/// @param parallel how they are spread
record Weights(ModelSpec model, Quantization quantization, Parallelism parallel) {

    private static final double WIDE = WeightType.BF16.bytesPerElement();

    /// The fullest GPU of a worker. A pipeline gives it a whole number of layers and one embedding.
    double fullestGpu() {
        double layers = model.layers();
        double dense = layers - model.moeLayers();
        double all =
                attention()
                        + dense * dense()
                        + model.moeLayers() * (experts() + shared() + router());
        boolean both = parallel.pipeline() == 1 && !model.tiedEmbeddings();
        double share = Math.ceil(layers / parallel.pipeline()) / layers;
        return all * share + (both ? 2 : 1) * embedding() / parallel.tensor();
    }

    /// Attention of all layers. Heads are sharded, a KV head never cut; projections into latents
    /// are on every GPU.
    double attention() {
        double softmax;
        if (model.mla().isPresent()) {
            double copied = model.replicatedAttentionParameters();
            softmax = copied + (model.attentionParameters() - copied) / parallel.tensor();
        } else {
            double keys = 2.0 * model.hidden() * model.headDim();
            double query = model.attentionParameters() - keys * model.kvHeads();
            softmax =
                    query / parallel.tensor()
                            + keys * Math.ceil((double) model.kvHeads() / parallel.tensor());
        }
        double linear = model.linearAttentionParameters() / parallel.tensor();
        return quantization.projections().bytesPerElement()
                * (model.attentionLayers() * softmax + model.linearLayers() * linear);
    }

    /// One dense feed-forward layer.
    double dense() {
        return quantization.gemm().bytesPerElement() * model.denseParameters() / parallel.tensor();
    }

    /// Shared experts of one layer.
    double shared() {
        return quantization.gemm().bytesPerElement() * model.sharedParameters() / parallel.tensor();
    }

    /// Routed experts of one layer; where they do not divide evenly some GPU has one more.
    double experts() {
        if (model.moe().isEmpty()) {
            return 0;
        }
        Moe moe = model.moe().get();
        double one = model.routedParameters() / moe.experts() / parallel.expertTensor();
        return quantization.experts().bytesPerElement()
                * one
                * Math.ceil((double) moe.experts() / parallel.expert());
    }

    /// Router of one layer, on every GPU.
    double router() {
        return WIDE * model.routerParameters();
    }

    /// Input or output embedding, not sharded.
    double embedding() {
        return WIDE * model.hidden() * model.vocab();
    }
}
