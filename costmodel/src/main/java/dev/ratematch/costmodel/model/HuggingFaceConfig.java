package dev.ratematch.costmodel.model;

import dev.ratematch.costmodel.model.ModelSpec.Heads;
import dev.ratematch.costmodel.model.ModelSpec.Mla;
import dev.ratematch.costmodel.model.ModelSpec.Moe;
import dev.ratematch.costmodel.model.ModelSpec.SlidingWindow;
import dev.ratematch.costmodel.units.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reads the structure of a model from an already parsed Hugging Face `config.json`. Of a
/// multimodal model (`text_config`) the language part counts; its encoder is small beside it.
public final class HuggingFaceConfig {

    /// What an architecture is made of.
    private enum Kind {
        DENSE,
        /// Dense, with normalised queries and keys.
        DENSE_NORM,
        /// Grouped-query attention, experts as Qwen names them.
        QWEN_MOE,
        /// Grouped-query attention, experts as DeepSeek names them.
        GLM_MOE,
        /// Grouped-query attention, experts in every layer, `intermediate_size` wide.
        LOCAL_MOE,
        /// The same with normalised queries and keys.
        LOCAL_MOE_NORM,
        /// Latent attention and experts.
        LATENT,
        /// The same with an indexer that selects tokens.
        SPARSE,
        /// Linear attention in most layers.
        HYBRID,
        /// The same with experts.
        HYBRID_MOE
    }

    private static final Map<String, Kind> SUPPORTED =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("LlamaForCausalLM", Kind.DENSE),
                            Map.entry("MistralForCausalLM", Kind.DENSE),
                            Map.entry("Qwen2ForCausalLM", Kind.DENSE),
                            Map.entry("MiMoForCausalLM", Kind.DENSE),
                            Map.entry("Qwen3ForCausalLM", Kind.DENSE_NORM),
                            Map.entry("Qwen3VLForConditionalGeneration", Kind.DENSE_NORM),
                            Map.entry("Qwen3MoeForCausalLM", Kind.QWEN_MOE),
                            Map.entry("Qwen3VLMoeForConditionalGeneration", Kind.QWEN_MOE),
                            Map.entry("Glm4MoeForCausalLM", Kind.GLM_MOE),
                            Map.entry("MixtralForCausalLM", Kind.LOCAL_MOE),
                            Map.entry("GptOssForCausalLM", Kind.LOCAL_MOE),
                            Map.entry("MiniMaxM2ForCausalLM", Kind.LOCAL_MOE_NORM),
                            Map.entry("DeepseekV3ForCausalLM", Kind.LATENT),
                            Map.entry("KimiK25ForConditionalGeneration", Kind.LATENT),
                            Map.entry("DeepseekV32ForCausalLM", Kind.SPARSE),
                            Map.entry("GlmMoeDsaForCausalLM", Kind.SPARSE),
                            Map.entry("Qwen3NextForCausalLM", Kind.HYBRID_MOE),
                            Map.entry("Qwen3_5MoeForConditionalGeneration", Kind.HYBRID_MOE),
                            Map.entry("Qwen3_5MoeForCausalLM", Kind.HYBRID_MOE),
                            Map.entry("Qwen3_5ForConditionalGeneration", Kind.HYBRID),
                            Map.entry("Qwen3_5ForCausalLM", Kind.HYBRID)));

    private static final String STATE = "state-space layers have no KV cache and no attention";

    private static final String BLOCKS =
            "its sparse attention selects blocks of the context, not single tokens";

    /// Architectures that are known not to fit the equations, and why.
    private static final Map<String, String> REFUSED =
            Map.ofEntries(
                    Map.entry("MambaForCausalLM", STATE),
                    Map.entry("Mamba2ForCausalLM", STATE),
                    Map.entry("JambaForCausalLM", STATE),
                    Map.entry("NemotronHForCausalLM", STATE),
                    Map.entry(
                            "MiniMaxM1ForCausalLM",
                            "its lightning attention has other state and kernels than the"
                                    + " gated-delta linear attention that is modelled"),
                    Map.entry(
                            "DeepseekV4ForCausalLM",
                            "its compressed attention keeps a cache that does not grow with every"
                                    + " token"),
                    Map.entry(
                            "DeepseekV2ForCausalLM",
                            "its experts are routed in groups over devices, without calibrated"
                                    + " kernel shapes"),
                    Map.entry(
                            "DeciLMForCausalLM",
                            "its layers differ in heads and widths, or have no attention at all"),
                    Map.entry("MiniMaxM3ForCausalLM", BLOCKS),
                    Map.entry("MiniMaxM3SparseForConditionalGeneration", BLOCKS),
                    Map.entry(
                            "Gemma4ForConditionalGeneration",
                            "its local layers have other heads than its global ones and its"
                                    + " activation has no calibrated kernels"),
                    Map.entry(
                            "MiMoV2FlashForCausalLM",
                            "its local layers have other heads than its global ones"),
                    Map.entry(
                            "KimiK3ForConditionalGeneration",
                            "its linear attention is not the gated-delta one that is modelled"),
                    Map.entry(
                            "T5ForConditionalGeneration",
                            "it is an encoder-decoder; only decoders are modelled"),
                    Map.entry(
                            "Llama4ForConditionalGeneration",
                            "experts in alternating layers and chunked attention are not modelled"),
                    Map.entry(
                            "Gemma3ForConditionalGeneration",
                            "its local layers have other rotary embeddings and its activation has"
                                    + " no calibrated kernels"));

    private static final int WIDEST = 10_000_000;

    private final ConfigFields config;

    private HuggingFaceConfig(ConfigFields config) {
        this.config = config;
    }

    /// The structure that the configuration describes, under the given name. Refuses an
    /// architecture that is not supported by name, and missing or absurd fields by field.
    public static ModelSpec read(String name, Map<String, Object> config) {
        return new HuggingFaceConfig(ConfigFields.ofLanguageModel(config)).spec(name);
    }

    private ModelSpec spec(String name) {
        Kind kind = architecture();
        int layers = config.integer("num_hidden_layers", 1, 2000);
        Optional<Moe> moe = moe(kind, layers);
        boolean everyLayer = moe.isPresent() && moe.get().denseLayers() == 0;
        ModelSpec spec =
                ModelSpec.of(
                        name,
                        layers,
                        config.integer("hidden_size", 1, 1_000_000),
                        heads(kind),
                        everyLayer ? 0 : config.integer("intermediate_size", 1, WIDEST),
                        config.integer("vocab_size", 1, WIDEST));
        if (moe.isPresent()) {
            spec = spec.withMoe(moe.get());
        }
        if (config.flag("tie_word_embeddings", false)) {
            spec = spec.withTiedEmbeddings();
        }
        Optional<SlidingWindow> window = window(layers);
        if (window.isPresent()) {
            spec = spec.withSlidingWindow(window.get());
        }
        return attention(kind, spec).withNextn(nextn());
    }

    private ModelSpec attention(Kind kind, ModelSpec spec) {
        return switch (kind) {
            case DENSE, LOCAL_MOE -> spec;
            case DENSE_NORM, QWEN_MOE -> spec.withQkNorm();
            case GLM_MOE, LOCAL_MOE_NORM ->
                    config.flag("use_qk_norm", kind == Kind.LOCAL_MOE_NORM)
                            ? spec.withQkNorm()
                            : spec;
            case LATENT -> spec.withMla(mla());
            case SPARSE ->
                    spec.withMla(mla())
                            .withSparseAttention(
                                    new SparseAttention(
                                            config.optional("index_topk", 2048, 1, WIDEST),
                                            config.optional("index_n_heads", 32, 1, 10_000),
                                            config.optional("index_head_dim", 128, 1, 4096)));
            case HYBRID, HYBRID_MOE -> {
                ModelSpec hybrid = spec.withLinearAttention(linear(spec.layers())).withQkNorm();
                yield config.flag("attn_output_gate", true) ? hybrid.withOutputGate() : hybrid;
            }
        };
    }

    private Kind architecture() {
        Object value = config.get("architectures");
        if (!(value instanceof List<?> list)
                || list.isEmpty()
                || !(list.getFirst() instanceof String architecture)) {
            throw new IllegalArgumentException(
                    "architectures (%s) must be a list with one name, for example [\"LlamaForCausalLM\"]."
                            .formatted(value));
        }
        String reason = REFUSED.get(architecture);
        if (reason != null) {
            throw new IllegalArgumentException(
                    "architecture \"%s\" is not supported: %s. Supported: %s."
                            .formatted(
                                    architecture, reason, String.join(", ", SUPPORTED.keySet())));
        }
        Kind kind = SUPPORTED.get(architecture);
        if (kind == null) {
            String meant =
                    Names.misspelt(architecture, SUPPORTED.keySet())
                            .map(likely -> "; did you mean \"%s\"?".formatted(likely))
                            .orElse(": nothing says that the equations here hold for it.");
            throw new IllegalArgumentException(
                    "architecture \"%s\" is not known%s Supported: %s."
                            .formatted(architecture, meant, String.join(", ", SUPPORTED.keySet())));
        }
        return kind;
    }

    private Heads heads(Kind kind) {
        int hidden = config.integer("hidden_size", 1, 1_000_000);
        int heads = config.integer("num_attention_heads", 1, 10_000);
        if (kind == Kind.LATENT || kind == Kind.SPARSE) {
            return new Heads(heads, heads, config.integer("v_head_dim", 1, 4096));
        }
        int kv = config.optional("num_key_value_heads", heads, 1, heads);
        if (heads % kv != 0) {
            throw new IllegalArgumentException(
                    "num_key_value_heads (%d) in config.json must divide num_attention_heads (%d)."
                            .formatted(kv, heads));
        }
        if (config.get("head_dim") == null && hidden % heads != 0) {
            throw new IllegalArgumentException(
                    "num_attention_heads (%d) in config.json must divide hidden_size (%d), or head_dim be given."
                            .formatted(heads, hidden));
        }
        return new Heads(heads, kv, config.optional("head_dim", hidden / heads, 1, 4096));
    }

    private Optional<Moe> moe(Kind kind, int layers) {
        return switch (kind) {
            case DENSE, DENSE_NORM, HYBRID -> Optional.empty();
            case QWEN_MOE, HYBRID_MOE -> {
                int width = config.integer("moe_intermediate_size", 1, WIDEST);
                yield Optional.of(experts("num_experts", width, shared(width), everyLayer()));
            }
            case LATENT, SPARSE, GLM_MOE ->
                    Optional.of(
                            experts(
                                    "n_routed_experts",
                                    config.integer("moe_intermediate_size", 1, WIDEST),
                                    config.optional("n_shared_experts", 0, 0, 1000),
                                    config.optional("first_k_dense_replace", 0, 0, layers)));
            case LOCAL_MOE, LOCAL_MOE_NORM ->
                    Optional.of(
                            experts(
                                    "num_local_experts",
                                    config.integer("intermediate_size", 1, WIDEST),
                                    0,
                                    0));
        };
    }

    /// Shared experts of Qwen are given by their width.
    private int shared(int width) {
        int shared = config.optional("shared_expert_intermediate_size", 0, 0, WIDEST);
        if (shared % width != 0) {
            throw new IllegalArgumentException(
                    "shared_expert_intermediate_size (%d) in config.json must be a multiple of moe_intermediate_size (%d)."
                            .formatted(shared, width));
        }
        return shared / width;
    }

    /// Leading dense layers of Qwen: none; dense layers elsewhere are refused.
    private int everyLayer() {
        Object dense = config.get("mlp_only_layers");
        if (dense instanceof List<?> list && !list.isEmpty()) {
            throw new IllegalArgumentException(
                    "mlp_only_layers (%s) in config.json must be empty: dense layers between those with experts are not modelled."
                            .formatted(dense));
        }
        config.optional("decoder_sparse_step", 1, 1, 1);
        return 0;
    }

    private Moe experts(String field, int intermediate, int shared, int denseLayers) {
        int experts = config.integer(field, 1, 100_000);
        int topK = config.integer("num_experts_per_tok", 1, 100_000);
        if (topK > experts) {
            throw new IllegalArgumentException(
                    "num_experts_per_tok (%d) in config.json must not exceed %s (%d)."
                            .formatted(topK, field, experts));
        }
        return new Moe(experts, topK, intermediate, shared, denseLayers);
    }

    private Mla mla() {
        return new Mla(
                config.integer("q_lora_rank", 1, 100_000),
                config.integer("kv_lora_rank", 1, 100_000),
                config.integer("qk_nope_head_dim", 1, 4096),
                config.integer("qk_rope_head_dim", 1, 4096),
                config.integer("v_head_dim", 1, 4096));
    }

    private LinearAttention linear(int layers) {
        int linear = config.count("layer_types", "linear_attention", layers);
        if (linear < 0) {
            linear = layers - layers / config.integer("full_attention_interval", 1, layers);
        }
        return new LinearAttention(
                linear,
                config.integer("linear_num_key_heads", 1, 10_000),
                config.integer("linear_num_value_heads", 1, 10_000),
                config.integer("linear_key_head_dim", 1, 4096),
                config.integer("linear_value_head_dim", 1, 4096),
                config.optional("linear_conv_kernel_dim", 4, 1, 64));
    }

    private Optional<SlidingWindow> window(int layers) {
        if (config.get("sliding_window") == null || !config.flag("use_sliding_window", true)) {
            return Optional.empty();
        }
        int limited = config.count("layer_types", "sliding_attention", layers);
        if (limited < 0) {
            // Qwen limits the layers from this one on.
            limited = layers - config.optional("max_window_layers", 0, 0, layers);
        }
        return Optional.of(
                new SlidingWindow(config.integer("sliding_window", 1, Integer.MAX_VALUE), limited));
    }

    private int nextn() {
        for (String field :
                List.of("num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_modules")) {
            if (config.get(field) != null) {
                return config.integer(field, 0, 100);
            }
        }
        return 0;
    }
}
