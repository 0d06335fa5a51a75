package dev.ratematch.costmodel.model;

import dev.ratematch.costmodel.model.ModelSpec.Mla;
import dev.ratematch.costmodel.model.ModelSpec.Moe;
import dev.ratematch.costmodel.model.ModelSpec.SlidingWindow;
import dev.ratematch.costmodel.units.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the structure of a model from an already parsed Hugging Face `config.json`.
public final class HuggingFaceConfig {

    private static final List<String> SUPPORTED =
            List.of(
                    "LlamaForCausalLM",
                    "MistralForCausalLM",
                    "Qwen2ForCausalLM",
                    "Qwen3ForCausalLM",
                    "Qwen3MoeForCausalLM",
                    "DeepseekV3ForCausalLM",
                    "GptOssForCausalLM");

    /// Architectures that are known not to fit the equations, and why.
    private static final Map<String, String> REFUSED =
            Map.of(
                    "MambaForCausalLM",
                    "state-space layers have no KV cache and no attention",
                    "JambaForCausalLM",
                    "state-space layers have no KV cache and no attention",
                    "Qwen3NextForCausalLM",
                    "linear attention layers keep a state instead of a KV cache",
                    "MiniMaxM1ForCausalLM",
                    "linear attention layers keep a state instead of a KV cache",
                    "DeepseekV32ForCausalLM",
                    "sparse attention reads a selected part of the context",
                    "T5ForConditionalGeneration",
                    "it is an encoder-decoder; only decoders are modelled",
                    "Llama4ForConditionalGeneration",
                    "experts in alternating layers and chunked attention are not modelled",
                    "MixtralForCausalLM",
                    "its experts have no calibrated kernel shapes yet");

    private final Map<String, Object> config;

    private HuggingFaceConfig(Map<String, Object> config) {
        this.config = config;
    }

    /// The structure that the configuration describes, under the given name. Refuses an
    /// architecture that is not supported by name, and missing or absurd fields by field.
    public static ModelSpec read(String name, Map<String, Object> config) {
        return new HuggingFaceConfig(config).spec(name);
    }

    private ModelSpec spec(String name) {
        String architecture = architecture();
        int layers = integer("num_hidden_layers", 1, 2000);
        int hidden = integer("hidden_size", 1, 1_000_000);
        int heads = integer("num_attention_heads", 1, 10_000);
        int kvHeads = optional("num_key_value_heads", heads, 1, heads);
        boolean latent = architecture.equals("DeepseekV3ForCausalLM");
        int headDim =
                latent
                        ? integer("v_head_dim", 1, 4096)
                        : optional("head_dim", Math.max(1, hidden / heads), 1, 4096);
        Optional<Moe> moe = moe(architecture, layers);
        boolean everyLayer = moe.isPresent() && moe.get().denseLayers() == 0;
        return new ModelSpec(
                name,
                layers,
                hidden,
                heads,
                kvHeads,
                headDim,
                everyLayer ? 0 : integer("intermediate_size", 1, 10_000_000),
                integer("vocab_size", 1, 10_000_000),
                Boolean.TRUE.equals(config.get("tie_word_embeddings")),
                moe,
                latent ? Optional.of(mla()) : Optional.empty(),
                window(layers));
    }

    private String architecture() {
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
                            .formatted(architecture, reason, String.join(", ", SUPPORTED)));
        }
        if (!SUPPORTED.contains(architecture)) {
            throw Names.unknown("architecture", architecture, SUPPORTED);
        }
        return architecture;
    }

    private Optional<Moe> moe(String architecture, int layers) {
        return switch (architecture) {
            case "Qwen3MoeForCausalLM" ->
                    Optional.of(
                            experts(
                                    integer("num_experts", 1, 100_000),
                                    integer("moe_intermediate_size", 1, 1_000_000),
                                    0,
                                    0));
            case "DeepseekV3ForCausalLM" ->
                    Optional.of(
                            experts(
                                    integer("n_routed_experts", 1, 100_000),
                                    integer("moe_intermediate_size", 1, 1_000_000),
                                    optional("n_shared_experts", 0, 0, 1000),
                                    optional("first_k_dense_replace", 0, 0, layers)));
            case "GptOssForCausalLM" ->
                    Optional.of(
                            experts(
                                    integer("num_local_experts", 1, 100_000),
                                    integer("intermediate_size", 1, 1_000_000),
                                    0,
                                    0));
            default -> Optional.empty();
        };
    }

    private Moe experts(int experts, int intermediate, int shared, int denseLayers) {
        return new Moe(
                experts,
                integer("num_experts_per_tok", 1, experts),
                intermediate,
                shared,
                denseLayers);
    }

    private Mla mla() {
        return new Mla(
                integer("q_lora_rank", 1, 100_000),
                integer("kv_lora_rank", 1, 100_000),
                integer("qk_nope_head_dim", 1, 4096),
                integer("qk_rope_head_dim", 1, 4096),
                integer("v_head_dim", 1, 4096));
    }

    private Optional<SlidingWindow> window(int layers) {
        if (config.get("sliding_window") == null
                || Boolean.FALSE.equals(config.get("use_sliding_window"))) {
            return Optional.empty();
        }
        int limited = layers;
        if (config.get("layer_types") instanceof List<?> types) {
            limited = (int) types.stream().filter("sliding_attention"::equals).count();
        }
        return Optional.of(
                new SlidingWindow(integer("sliding_window", 1, Integer.MAX_VALUE), limited));
    }

    private int optional(String field, int otherwise, int minimum, int maximum) {
        return config.get(field) == null ? otherwise : integer(field, minimum, maximum);
    }

    private int integer(String field, int minimum, int maximum) {
        Object value = config.get(field);
        if (value == null) {
            throw new IllegalArgumentException(
                    "%s is missing in config.json; it must be a whole number between %d and %d."
                            .formatted(field, minimum, maximum));
        }
        if (value instanceof Number number
                && number.doubleValue() == StrictMath.rint(number.doubleValue())
                && number.doubleValue() >= minimum
                && number.doubleValue() <= maximum) {
            return number.intValue();
        }
        throw new IllegalArgumentException(
                "%s (%s) in config.json must be a whole number between %d and %d."
                        .formatted(field, value, minimum, maximum));
    }
}
