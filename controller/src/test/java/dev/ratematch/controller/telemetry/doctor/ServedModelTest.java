package dev.ratematch.controller.telemetry.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServedModelTest {

    @ParameterizedTest
    @CsvSource({
        "llama-70b, llama-3.1-70b, false",
        "meta-llama/Llama-3.3-70B-Instruct, llama-3.1-70b, false",
        "meta-llama/Llama-3.1-8B, llama-3.1-70b, true",
        "chat, llama-3.1-70b, false",
        "sql-lora, llama-3.1-70b, false",
        "deepseek-ai/DeepSeek-R1, llama-3.1-70b, true",
        "deepseek-ai/DeepSeek-R1-Distill-Llama-70B, llama-3.1-70b, false",
        "deepseek-ai/DeepSeek-R1, deepseek-v3, false",
        "Qwen/Qwen3-235B-A22B-FP8, qwen3-235b-a22b, false",
        "Qwen/Qwen3-32B, qwen3-235b-a22b, true",
        "moonshotai/Kimi-K2-Instruct, deepseek-r1, true",
    })
    void onlyAnotherSizeOrFamilySpeaksAgainstAName(String served, String asked, boolean differs) {
        assertThat(ServedModel.differs(served, asked)).isEqualTo(differs);
    }
}
