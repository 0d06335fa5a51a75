package dev.ratematch.costmodel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HuggingFaceConfigTest {

    private static Map<String, Object> llama() {
        Map<String, Object> config = new HashMap<>();
        config.put("architectures", List.of("LlamaForCausalLM"));
        config.put("num_hidden_layers", 80);
        config.put("hidden_size", 8192);
        config.put("num_attention_heads", 64);
        config.put("num_key_value_heads", 8);
        config.put("intermediate_size", 28_672);
        config.put("vocab_size", 128_256);
        return config;
    }

    @Test
    void readsADenseModel() {
        assertThat(HuggingFaceConfig.read("llama-3.1-70b", llama()))
                .isEqualTo(Models.LLAMA_3_1_70B);
    }

    @Test
    void readsLatentAttentionAndExperts() {
        Map<String, Object> config = llama();
        config.put("architectures", List.of("DeepseekV3ForCausalLM"));
        config.put("num_hidden_layers", 61);
        config.put("hidden_size", 7168);
        config.put("num_attention_heads", 128);
        config.put("num_key_value_heads", 128);
        config.put("intermediate_size", 18_432);
        config.put("vocab_size", 129_280);
        config.put("n_routed_experts", 256);
        config.put("n_shared_experts", 1);
        config.put("num_experts_per_tok", 8);
        config.put("moe_intermediate_size", 2048);
        config.put("first_k_dense_replace", 3);
        config.put("q_lora_rank", 1536);
        config.put("kv_lora_rank", 512);
        config.put("qk_nope_head_dim", 128);
        config.put("qk_rope_head_dim", 64);
        config.put("v_head_dim", 128);
        config.put("num_nextn_predict_layers", 1);
        assertThat(HuggingFaceConfig.read("deepseek-r1", config)).isEqualTo(Models.DEEPSEEK_R1);
    }

    @Test
    void refusesAnArchitectureByNameWithTheReason() {
        Map<String, Object> config = llama();
        config.put("architectures", List.of("MambaForCausalLM"));
        assertThatThrownBy(() -> HuggingFaceConfig.read("m", config))
                .hasMessageStartingWith(
                        "architecture \"MambaForCausalLM\" is not supported: state-space layers");
        config.put("architectures", List.of("LamaForCausalLM"));
        assertThatThrownBy(() -> HuggingFaceConfig.read("m", config))
                .hasMessageContaining("did you mean \"LlamaForCausalLM\"?");
    }

    @Test
    void refusesMissingAndAbsurdFieldsByName() {
        Map<String, Object> missing = llama();
        missing.remove("hidden_size");
        assertThatThrownBy(() -> HuggingFaceConfig.read("m", missing))
                .hasMessageStartingWith("hidden_size is missing in config.json");
        Map<String, Object> absurd = llama();
        absurd.put("num_hidden_layers", -3);
        assertThatThrownBy(() -> HuggingFaceConfig.read("m", absurd))
                .hasMessage(
                        "num_hidden_layers (-3) in config.json must be a whole number between 1 and"
                                + " 2000.");
    }

    private static Map<String, Object> of(Object... pairs) {
        Map<String, Object> config = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            config.put((String) pairs[i], pairs[i + 1]);
        }
        return config;
    }

    private static Map<String, Object> qwenMoe() {
        return of(
                "architectures", List.of("Qwen3MoeForCausalLM"),
                "num_hidden_layers", 94,
                "hidden_size", 4096,
                "num_attention_heads", 64,
                "num_key_value_heads", 4,
                "head_dim", 128,
                "intermediate_size", 12_288,
                "moe_intermediate_size", 1536,
                "num_experts", 128,
                "num_experts_per_tok", 8,
                "vocab_size", 151_936);
    }

    @Test
    void readsExpertsWithGroupedQueryAttention() {
        assertThat(HuggingFaceConfig.read("qwen3-235b-a22b", qwenMoe()))
                .isEqualTo(Models.QWEN3_235B_A22B);
    }

    @Test
    void readsTheLanguagePartOfAHybridMultimodalModel() {
        Map<String, Object> text = qwenMoe();
        text.remove("architectures");
        text.remove("intermediate_size");
        text.put("num_hidden_layers", 60);
        text.put("num_attention_heads", 32);
        text.put("num_key_value_heads", 2);
        text.put("head_dim", 256);
        text.put("moe_intermediate_size", 1024);
        text.put("shared_expert_intermediate_size", 1024);
        text.put("num_experts", 512);
        text.put("num_experts_per_tok", 10);
        text.put("vocab_size", 248_320);
        text.put("full_attention_interval", 4);
        text.put("attn_output_gate", true);
        text.put("linear_num_key_heads", 16);
        text.put("linear_num_value_heads", 64);
        text.put("linear_key_head_dim", 128);
        text.put("linear_value_head_dim", 128);
        text.put("linear_conv_kernel_dim", 4);
        text.put("mtp_num_hidden_layers", 1);
        Map<String, Object> wrapper =
                of(
                        "architectures",
                        List.of("Qwen3_5MoeForConditionalGeneration"),
                        "text_config",
                        text,
                        "vision_config",
                        of("hidden_size", 1152));
        assertThat(HuggingFaceConfig.read("qwen3.5-397b-a17b", wrapper))
                .isEqualTo(Models.QWEN3_5_397B_A17B);
    }

    @Test
    void readsSparseLatentAttention() {
        Map<String, Object> config =
                of(
                        "architectures", List.of("GlmMoeDsaForCausalLM"),
                        "num_hidden_layers", 78,
                        "hidden_size", 6144,
                        "num_attention_heads", 64,
                        "intermediate_size", 12_288,
                        "vocab_size", 154_880,
                        "n_routed_experts", 256,
                        "n_shared_experts", 1,
                        "num_experts_per_tok", 8,
                        "moe_intermediate_size", 2048,
                        "first_k_dense_replace", 3,
                        "kv_lora_rank", 512,
                        "q_lora_rank", 2048,
                        "qk_nope_head_dim", 192,
                        "qk_rope_head_dim", 64,
                        "v_head_dim", 256,
                        "index_topk", 2048,
                        "index_n_heads", 32,
                        "index_head_dim", 128,
                        "num_nextn_predict_layers", 1);
        assertThat(HuggingFaceConfig.read("glm-5", config)).isEqualTo(Models.GLM_5);
    }

    @Test
    void readsASlidingWindow() {
        Map<String, Object> config =
                of(
                        "architectures", List.of("GptOssForCausalLM"),
                        "num_hidden_layers", 4,
                        "hidden_size", 2880,
                        "num_attention_heads", 64,
                        "num_key_value_heads", 8,
                        "head_dim", 64,
                        "intermediate_size", 2880,
                        "num_local_experts", 128,
                        "num_experts_per_tok", 4,
                        "vocab_size", 201_088,
                        "sliding_window", 128,
                        "layer_types",
                                List.of(
                                        "sliding_attention",
                                        "full_attention",
                                        "sliding_attention",
                                        "full_attention"));
        assertThat(HuggingFaceConfig.read("g", config).slidingWindow())
                .contains(new ModelSpec.SlidingWindow(128, 2));
        config.put("num_hidden_layers", 3);
        assertThat(HuggingFaceConfig.read("g", config).slidingWindow())
                .contains(new ModelSpec.SlidingWindow(128, 2));
        config.put("num_hidden_layers", 5);
        assertThatThrownBy(() -> HuggingFaceConfig.read("g", config))
                .hasMessageContaining("layer_types")
                .hasMessageContaining("one entry per layer, 5 of them");
    }

    @Test
    void anArchitectureThatNobodyKnowsIsNotTakenForAnother() {
        Map<String, Object> config = llama();
        for (String stranger : List.of("Llama5ForCausalLM", "Step3p7FlashForCausalLM")) {
            config.put("architectures", List.of(stranger));
            assertThatThrownBy(() -> HuggingFaceConfig.read("m", config))
                    .hasMessageContaining("\"%s\" is not known".formatted(stranger))
                    .hasMessageNotContaining("did you mean");
        }
    }

    @Test
    void refusesFieldsThatContradictOneAnother() {
        Map<String, Object> topK = qwenMoe();
        topK.put("num_experts_per_tok", 200);
        assertThatThrownBy(() -> HuggingFaceConfig.read("m", topK))
                .hasMessage(
                        "num_experts_per_tok (200) in config.json must not exceed num_experts"
                                + " (128).");
        Map<String, Object> heads = llama();
        heads.put("num_key_value_heads", 7);
        assertThatThrownBy(() -> HuggingFaceConfig.read("m", heads))
                .hasMessage(
                        "num_key_value_heads (7) in config.json must divide num_attention_heads"
                                + " (64).");
        Map<String, Object> quoted = llama();
        quoted.put("hidden_size", "8192");
        assertThatThrownBy(() -> HuggingFaceConfig.read("m", quoted))
                .hasMessage(
                        "hidden_size (\"8192\") in config.json must be a whole number between 1"
                                + " and 1000000, without quotes.");
        Map<String, Object> dense = qwenMoe();
        dense.put("mlp_only_layers", List.of(3));
        assertThatThrownBy(() -> HuggingFaceConfig.read("m", dense))
                .hasMessageStartingWith("mlp_only_layers ([3]) in config.json must be empty");
        Map<String, Object> tied = llama();
        tied.put("tie_word_embeddings", "yes");
        assertThatThrownBy(() -> HuggingFaceConfig.read("m", tied))
                .hasMessage("tie_word_embeddings (\"yes\") in config.json must be true or false.");
    }
}
