package dev.ratematch.costmodel.model;

import dev.ratematch.costmodel.units.Check;
import java.util.Optional;

/// Structure of a decoder-only transformer, as far as cost and memory depend on it.
///
/// @param name short lower-case name
/// @param layers decoder layers
/// @param hidden width of the residual stream
/// @param heads query heads
/// @param kvHeads key and value heads; equal to `heads` without grouping; not used under MLA
/// @param headDim width of one head
/// @param intermediate width of the dense feed-forward layer; 0 when every layer is MoE
/// @param vocab vocabulary size
/// @param tiedEmbeddings whether input and output embedding share their weights
/// @param moe mixture of experts, if any
/// @param mla multi-head latent attention, if any
/// @param slidingWindow attention window, if any
public record ModelSpec(
        String name,
        int layers,
        int hidden,
        int heads,
        int kvHeads,
        int headDim,
        int intermediate,
        int vocab,
        boolean tiedEmbeddings,
        Optional<Moe> moe,
        Optional<Mla> mla,
        Optional<SlidingWindow> slidingWindow) {

    /// Mixture of experts.
    ///
    /// @param experts routed experts per layer
    /// @param topK routed experts per token
    /// @param intermediate width of one expert
    /// @param sharedExperts experts that every token passes, each as wide as a routed one
    /// @param denseLayers leading layers without experts
    public record Moe(int experts, int topK, int intermediate, int sharedExperts, int denseLayers) {

        public Moe {
            Check.atLeast("moe.experts", experts, 1);
            Check.within("moe.topK", topK, 1, experts);
            Check.atLeast("moe.intermediate", intermediate, 1);
            Check.atLeast("moe.sharedExperts", sharedExperts, 0);
            Check.atLeast("moe.denseLayers", denseLayers, 0);
        }
    }

    /// Multi-head latent attention: keys and values are kept as one latent vector per token.
    ///
    /// @param qLoraRank rank of the query projection
    /// @param kvLoraRank width of the latent
    /// @param qkNopeDim per head, without position
    /// @param qkRopeDim rotary part, shared by all heads
    /// @param valueDim value width per head
    public record Mla(int qLoraRank, int kvLoraRank, int qkNopeDim, int qkRopeDim, int valueDim) {

        public Mla {
            Check.atLeast("mla.qLoraRank", qLoraRank, 1);
            Check.atLeast("mla.kvLoraRank", kvLoraRank, 1);
            Check.atLeast("mla.qkNopeDim", qkNopeDim, 1);
            Check.atLeast("mla.qkRopeDim", qkRopeDim, 1);
            Check.atLeast("mla.valueDim", valueDim, 1);
        }
    }

    /// Attention over the last `tokens` only, in `layers` of the layers.
    ///
    /// @param tokens window
    /// @param layers how many layers are limited to it; the others see everything
    public record SlidingWindow(int tokens, int layers) {

        public SlidingWindow {
            Check.atLeast("slidingWindow.tokens", tokens, 1);
            Check.atLeast("slidingWindow.layers", layers, 0);
        }
    }

    public ModelSpec {
        Check.atLeast("layers", layers, 1);
        Check.atLeast("hidden", hidden, 1);
        Check.atLeast("heads", heads, 1);
        Check.within("kvHeads", kvHeads, 1, heads);
        Check.atLeast("headDim", headDim, 1);
        Check.atLeast("intermediate", intermediate, moe.isPresent() ? 0 : 1);
        Check.atLeast("vocab", vocab, 1);
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "kvHeads (%d) must divide heads (%d).".formatted(kvHeads, heads));
        }
        if (moe.isPresent() && moe.get().denseLayers() > layers) {
            throw new IllegalArgumentException(
                    "moe.denseLayers (%d) must not exceed layers (%d)."
                            .formatted(moe.get().denseLayers(), layers));
        }
        if (slidingWindow.isPresent() && slidingWindow.get().layers() > layers) {
            throw new IllegalArgumentException(
                    "slidingWindow.layers (%d) must not exceed layers (%d)."
                            .formatted(slidingWindow.get().layers(), layers));
        }
    }

    /// Layers with a mixture of experts.
    public int moeLayers() {
        return moe.isPresent() ? layers - moe.get().denseLayers() : 0;
    }

    /// Layers that attend to the whole context.
    public int fullAttentionLayers() {
        return layers - (slidingWindow.isPresent() ? slidingWindow.get().layers() : 0);
    }

    /// Attention weights of one layer.
    public double attentionParameters() {
        if (mla.isPresent()) {
            Mla a = mla.get();
            double query =
                    (double) a.qLoraRank() * (hidden + heads * (a.qkNopeDim() + a.qkRopeDim()));
            double latent = (double) hidden * (a.kvLoraRank() + a.qkRopeDim());
            double keyValue = (double) a.kvLoraRank() * heads * (a.qkNopeDim() + a.valueDim());
            return query + latent + keyValue + (double) hidden * heads * a.valueDim();
        }
        return (double) hidden * headDim * (2.0 * heads + 2.0 * kvHeads);
    }

    /// Routed expert weights of one MoE layer; 0 without experts.
    public double routedParameters() {
        return moe.map(m -> 3.0 * hidden * m.intermediate() * m.experts()).orElse(0.0);
    }

    /// Shared expert weights of one MoE layer.
    public double sharedParameters() {
        return moe.map(m -> 3.0 * hidden * m.intermediate() * m.sharedExperts()).orElse(0.0);
    }

    /// Router weights of one MoE layer.
    public double routerParameters() {
        return moe.map(m -> (double) hidden * m.experts()).orElse(0.0);
    }

    /// Feed-forward weights of one dense layer.
    public double denseParameters() {
        return 3.0 * hidden * intermediate;
    }

    /// Input and output embeddings.
    public double embeddingParameters() {
        return (tiedEmbeddings ? 1.0 : 2.0) * hidden * vocab;
    }

    /// All weights, without the few of norms and biases.
    public double totalParameters() {
        return layers * attentionParameters()
                + (layers - moeLayers()) * denseParameters()
                + moeLayers() * (routedParameters() + sharedParameters() + routerParameters())
                + embeddingParameters();
    }

    /// Weights that one token uses.
    public double activeParameters() {
        double share = moe.map(m -> (double) m.topK() / m.experts()).orElse(0.0);
        return totalParameters() - moeLayers() * routedParameters() * (1 - share);
    }
}
