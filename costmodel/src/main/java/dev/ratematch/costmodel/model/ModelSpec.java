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
/// @param linearAttention layers that keep a state instead of a KV cache, if any
/// @param sparseAttention selection of the context tokens that are attended to, if any
/// @param qkNorm whether queries and keys are normalised per head before attention
/// @param outputGate whether attention output is gated by a second query-sized projection
/// @param nextn multi-token-prediction layers that come with the checkpoint; not part of `layers`
///   nor of any parameter count
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
        Optional<SlidingWindow> slidingWindow,
        Optional<LinearAttention> linearAttention,
        Optional<SparseAttention> sparseAttention,
        boolean qkNorm,
        boolean outputGate,
        int nextn) {

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
        if (linearAttention.isPresent() && linearAttention.get().layers() > layers) {
            throw new IllegalArgumentException(
                    "linearAttention.layers (%d) must not exceed layers (%d)."
                            .formatted(linearAttention.get().layers(), layers));
        }
        if (sparseAttention.isPresent() && mla.isEmpty()) {
            throw new IllegalArgumentException(
                    "sparseAttention (%s) needs mla; give the latent widths or leave it out."
                            .formatted(sparseAttention.get()));
        }
        Check.atLeast("nextn", nextn, 0);
    }

    /// A dense model with grouped-query attention; the `with...` methods make others of it.
    ///
    /// @param intermediate width of the feed-forward layer; 0 when experts follow in every layer
    public static ModelSpec of(
            String name, int layers, int hidden, Heads heads, int intermediate, int vocab) {
        // Without experts there must be a width; withMoe takes the placeholder away.
        return new ModelSpec(
                name,
                layers,
                hidden,
                heads.query(),
                heads.kv(),
                heads.dim(),
                intermediate == 0 ? 1 : intermediate,
                vocab,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                0);
    }

    /// Attention heads of one layer.
    ///
    /// @param query query heads
    /// @param kv key and value heads
    /// @param dim width of one head
    public record Heads(int query, int kv, int dim) {}

    /// The same with experts; without leading dense layers the dense width goes.
    public ModelSpec withMoe(Moe value) {
        int dense = value.denseLayers() == 0 ? 0 : intermediate;
        return copy(dense, tiedEmbeddings, Optional.of(value), mla, slidingWindow);
    }

    /// The same with latent attention.
    public ModelSpec withMla(Mla value) {
        return copy(intermediate, tiedEmbeddings, moe, Optional.of(value), slidingWindow);
    }

    /// The same with an attention window.
    public ModelSpec withSlidingWindow(SlidingWindow value) {
        return copy(intermediate, tiedEmbeddings, moe, mla, Optional.of(value));
    }

    /// The same with one matrix for input and output embedding.
    public ModelSpec withTiedEmbeddings() {
        return copy(intermediate, true, moe, mla, slidingWindow);
    }

    /// The same with linear attention in some layers.
    public ModelSpec withLinearAttention(LinearAttention value) {
        return copy(Optional.of(value), sparseAttention, qkNorm, outputGate, nextn);
    }

    /// The same with sparse attention.
    public ModelSpec withSparseAttention(SparseAttention value) {
        return copy(linearAttention, Optional.of(value), qkNorm, outputGate, nextn);
    }

    /// The same with normalised queries and keys.
    public ModelSpec withQkNorm() {
        return copy(linearAttention, sparseAttention, true, outputGate, nextn);
    }

    /// The same with gated attention output.
    public ModelSpec withOutputGate() {
        return copy(linearAttention, sparseAttention, qkNorm, true, nextn);
    }

    /// The same with that many multi-token-prediction layers.
    public ModelSpec withNextn(int value) {
        return copy(linearAttention, sparseAttention, qkNorm, outputGate, value);
    }

    private ModelSpec copy(
            int width,
            boolean tied,
            Optional<Moe> experts,
            Optional<Mla> latent,
            Optional<SlidingWindow> window) {
        return new ModelSpec(
                name,
                layers,
                hidden,
                heads,
                kvHeads,
                headDim,
                width,
                vocab,
                tied,
                experts,
                latent,
                window,
                linearAttention,
                sparseAttention,
                qkNorm,
                outputGate,
                nextn);
    }

    private ModelSpec copy(
            Optional<LinearAttention> linear,
            Optional<SparseAttention> sparse,
            boolean norm,
            boolean gate,
            int predicted) {
        return new ModelSpec(
                name,
                layers,
                hidden,
                heads,
                kvHeads,
                headDim,
                intermediate,
                vocab,
                tiedEmbeddings,
                moe,
                mla,
                slidingWindow,
                linear,
                sparse,
                norm,
                gate,
                predicted);
    }

    /// Layers with a mixture of experts.
    public int moeLayers() {
        return moe.isPresent() ? layers - moe.get().denseLayers() : 0;
    }

    /// Layers with linear attention.
    public int linearLayers() {
        return linearAttention.map(LinearAttention::layers).orElse(0);
    }

    /// Layers that keep keys and values: all but those with linear attention.
    public int attentionLayers() {
        return layers - linearLayers();
    }

    /// Layers that attend to the whole context.
    public int fullAttentionLayers() {
        return attentionLayers() - slidingWindow.map(SlidingWindow::layers).orElse(0);
    }

    /// Attention weights of one layer that has softmax attention.
    public double attentionParameters() {
        if (mla.isPresent()) {
            Mla a = mla.get();
            double query = (double) a.qLoraRank() * heads * (a.qkNopeDim() + a.qkRopeDim());
            double keyValue = (double) a.kvLoraRank() * heads * (a.qkNopeDim() + a.valueDim());
            double output = (double) hidden * heads * a.valueDim();
            return replicatedAttentionParameters() + query + keyValue + output;
        }
        return (double) hidden * headDim * ((outputGate ? 3.0 : 2.0) * heads + 2.0 * kvHeads);
    }

    /// The part of [#attentionParameters] that tensor parallelism copies instead of sharding: the
    /// projections into latents, and the indexer of sparse attention.
    public double replicatedAttentionParameters() {
        if (mla.isEmpty()) {
            return 0;
        }
        Mla a = mla.get();
        double down = (double) hidden * (a.qLoraRank() + a.kvLoraRank() + a.qkRopeDim());
        double index =
                sparseAttention
                        .map(
                                s ->
                                        (double) a.qLoraRank() * s.indexHeads() * s.indexDim()
                                                + (double) hidden * (s.indexDim() + s.indexHeads()))
                        .orElse(0.0);
        return down + index;
    }

    /// Weights of one layer's linear attention: queries, keys, values and gate in, two scalars per
    /// value head, the convolution, and the way out. 0 without it.
    public double linearAttentionParameters() {
        return linearAttention
                .map(
                        a -> {
                            double value = (double) a.valueHeads() * a.valueDim();
                            double in = a.channels() + value + 2.0 * a.valueHeads();
                            return hidden * (in + value) + (double) a.channels() * a.convolution();
                        })
                .orElse(0.0);
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
        return attentionLayers() * attentionParameters()
                + linearLayers() * linearAttentionParameters()
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
