package dev.ratematch.costmodel.memory;

import dev.ratematch.costmodel.model.LinearAttention;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.SparseAttention;
import dev.ratematch.costmodel.parallel.KvDtype;

/// What one sequence leaves in the KV cache of all layers, every head or latent stored once.
///
/// @param fullBytesPerToken in layers that see the whole context
/// @param windowBytesPerToken in layers with a sliding window, for each token that they keep
/// @param windowTokens tokens that those keep
/// @param stateBytes state of linear attention, whatever the length
record Cache(
        double fullBytesPerToken,
        double windowBytesPerToken,
        double windowTokens,
        double stateBytes) {

    static Cache of(ModelSpec model, KvDtype kv) {
        double layer =
                model.mla()
                                .map(a -> (double) a.kvLoraRank() + a.qkRopeDim())
                                .orElse(2.0 * model.kvHeads() * model.headDim())
                        * kv.bytesPerElement();
        double index = model.sparseAttention().map(Cache::indexBytes).orElse(0.0);
        int full = model.fullAttentionLayers();
        int limited = model.attentionLayers() - full;
        return new Cache(
                full * (layer + index),
                limited * (layer + index),
                model.slidingWindow().map(w -> (double) w.tokens()).orElse(0.0),
                model.linearAttention().map(a -> a.layers() * stateBytes(a)).orElse(0.0));
    }

    /// One FP8 key per token and four bytes of scale for each 128 of its elements.
    private static double indexBytes(SparseAttention sparse) {
        return sparse.indexDim() + 4 * Math.ceil(sparse.indexDim() / 128.0);
    }

    /// The matrix of every value head in FP32 and the last inputs of the convolution in BF16, as
    /// engines keep them (Qwen3.5 pins `mamba_ssm_dtype` to float32).
    private static double stateBytes(LinearAttention a) {
        double matrices = 4.0 * a.valueHeads() * a.keyDim() * a.valueDim();
        return matrices + 2.0 * a.channels() * (a.convolution() - 1);
    }

    /// Bytes per token, layers with a sliding window counted in full.
    double bytesPerToken() {
        return fullBytesPerToken + windowBytesPerToken;
    }

    /// Bytes of a sequence of so many tokens, without its state.
    double tokenBytes(double tokens) {
        return fullBytesPerToken * tokens + windowBytesPerToken * Math.min(tokens, windowTokens);
    }
}
