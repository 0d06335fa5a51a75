package dev.ratematch.costmodel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelsTest {

    /// Published totals in billions, from the model cards. The card of gpt-oss counts 5.1 B active
    /// without the input embedding.
    @ParameterizedTest
    @CsvSource({
        "llama-3.1-8b, 8.03, 8.03",
        "llama-3.1-70b, 70.6, 70.6",
        "llama-3.1-405b, 405.9, 405.9",
        "qwen3-32b, 32.8, 32.8",
        "qwen3-30b-a3b, 30.5, 3.3",
        "qwen3-235b-a22b, 235, 22",
        "deepseek-r1, 671, 37",
        "deepseek-v3, 671, 37",
        "gpt-oss-120b, 117, 5.7"
    })
    void countsThePublishedParameters(String name, double total, double active) {
        ModelSpec model = Models.named(name);
        assertThat(model.totalParameters() / 1e9).isCloseTo(total, within(0.01 * total));
        assertThat(model.activeParameters() / 1e9).isCloseTo(active, within(0.02 * active));
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
    void refusesAnUnknownModelWithTheNearest() {
        assertThatThrownBy(() -> Models.named("llama-3.1-71b"))
                .hasMessageStartingWith(
                        "model \"llama-3.1-71b\" is not known; did you mean \"llama-3.1-70b\"?");
    }
}
