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
}
