package dev.ratematch.costmodel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelsTest {

    /// Published totals in billions, from the model cards, with the unit of their last digit. Cards
    /// round, and differ in whether the input embedding, of which a token reads one row, counts as
    /// active: the count with or without it has to round to the card's figure or be within 2.1 %.
    /// The card of gpt-oss says 5.1 without.
    @ParameterizedTest
    @CsvSource({
        "llama-3.1-8b, 8.03, 8.03, 0.01",
        "llama-3.1-70b, 70.6, 70.6, 0.1",
        "llama-3.1-405b, 405.9, 405.9, 0.1",
        "qwen3-32b, 32.8, 32.8, 0.1",
        "qwen3-30b-a3b, 30.5, 3.3, 0.1",
        "qwen3-235b-a22b, 235, 22, 1",
        "qwen3.5-397b-a17b, 397, 17, 1",
        "deepseek-r1, 671, 37, 1",
        "deepseek-v3, 671, 37, 1",
        "kimi-k2, 1040, 32, 1",
        "kimi-k2.5, 1040, 32, 1",
        "minimax-m2.5, 230, 10, 1",
        "glm-5, 744, 40, 1",
        "gpt-oss-120b, 117, 5.1, 0.1"
    })
    void countsThePublishedParameters(String name, double total, double active, double unit) {
        ModelSpec model = Models.named(name);
        assertThat(model.totalParameters() / 1e9).isCloseTo(total, within(0.015 * total));
        double with = model.activeParameters() / 1e9;
        double without = with - (double) model.hidden() * model.vocab() / 1e9;
        double nearest = Math.abs(with - active) < Math.abs(without - active) ? with : without;
        assertThat(nearest).isCloseTo(active, within(Math.max(0.021 * active, unit / 2)));
    }

    @Test
    void countsLayersOfHybridModels() {
        ModelSpec model = Models.QWEN3_5_397B_A17B;
        assertThat(model.linearLayers()).isEqualTo(45);
        assertThat(model.attentionLayers()).isEqualTo(15);
        assertThat(model.fullAttentionLayers()).isEqualTo(15);
        assertThat(Models.GPT_OSS_120B.fullAttentionLayers()).isEqualTo(18);
        assertThat(Models.GPT_OSS_120B.attentionLayers()).isEqualTo(36);
    }

    @ParameterizedTest
    @CsvSource({
        "meta-llama/Meta-Llama-3.1-8B, llama-3.1-8b",
        "meta-llama/Llama-3.1-70B, llama-3.1-70b",
        "meta-llama/Meta-Llama-3.1-70B, llama-3.1-70b",
        "meta-llama/Meta-Llama-3.1-405B, llama-3.1-405b",
        "Qwen/Qwen3-32B, qwen3-32b",
        "nvidia/Qwen3-32B-NVFP4, qwen3-32b",
        "Qwen/Qwen3-30B-A3B, qwen3-30b-a3b",
        "Qwen/Qwen3-235B-A22B, qwen3-235b-a22b",
        "Qwen/Qwen3.5-397B-A17B, qwen3.5-397b-a17b",
        "nvidia/DeepSeek-R1-NVFP4, deepseek-r1",
        "deepseek-ai/DeepSeek-R1, deepseek-r1",
        "deepseek-ai/DeepSeek-V3, deepseek-v3",
        "moonshotai/Kimi-K2-Instruct, kimi-k2",
        "moonshotai/Kimi-K2.5, kimi-k2.5",
        "nvidia/Kimi-K2.5-NVFP4, kimi-k2.5",
        "MiniMaxAI/MiniMax-M2.5, minimax-m2.5",
        "openai/gpt-oss-120b, gpt-oss-120b",
        "zhipuai/GLM-5, glm-5",
        "zai-org/GLM-5-FP8, glm-5"
    })
    void resolvesTheRepositoryIdsOfTheCalibrationData(String id, String name) {
        assertThat(Models.named(id).name()).isEqualTo(name);
    }

    @Test
    void knowsRepositoryIds() {
        assertThat(Models.named("meta-llama/Llama-3.1-70B-Instruct"))
                .isSameAs(Models.LLAMA_3_1_70B);
        assertThat(Models.named("meta-llama/Meta-Llama-3.1-8B")).isSameAs(Models.LLAMA_3_1_8B);
        assertThat(Models.named("nvidia/DeepSeek-R1-0528-FP4")).isSameAs(Models.DEEPSEEK_R1);
        assertThat(Models.named("Qwen/Qwen3-235B-A22B-Instruct-2507-FP8"))
                .isSameAs(Models.QWEN3_235B_A22B);
    }

    @Test
    void refusesAnUnknownModelAndNamesOnlyOneThatIsMeant() {
        assertThatThrownBy(() -> Models.named("llama-3.1-71b"))
                .hasMessageStartingWith(
                        "model \"llama-3.1-71b\" is not in the catalogue. In the catalogue:");
        assertThatThrownBy(() -> Models.named("deepseek-ai/deepsek-r1-fp8"))
                .hasMessageContaining("; did you mean \"deepseek-r1\"? In the catalogue:");
        for (String stranger :
                List.of(
                        "Llama-4-Maverick",
                        "llama-3.2-8b",
                        "kimi-k3",
                        "deepseek-v1",
                        "qwen3-14b")) {
            assertThatThrownBy(() -> Models.named(stranger))
                    .hasMessageContaining("is not in the catalogue")
                    .hasMessageNotContaining("did you mean");
        }
    }

    @Test
    void aNameIsTakenApart() {
        var id = ModelId.of(" RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8-dynamic ");
        assertThat(id.key()).isEqualTo("meta-llama-3.1-8b");
        assertThat(id.weights()).isEqualTo("fp8-dynamic");
        assertThat(id.given()).isEqualTo("RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8-dynamic");
        assertThat(ModelId.of("Qwen/Qwen3-235B-A22B-Instruct-2507").weights()).isEmpty();
        assertThat(ModelId.of("x/DeepSeek-R1-BF16-AWQ").weights()).isEqualTo("awq");
    }
}
