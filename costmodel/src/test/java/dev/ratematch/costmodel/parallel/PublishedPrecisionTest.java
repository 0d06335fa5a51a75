package dev.ratematch.costmodel.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.costmodel.model.ModelId;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Precisions that names tell.
final class PublishedPrecisionTest {

    @ParameterizedTest
    @CsvSource({
        "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8, FP8",
        "RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8-dynamic, FP8",
        "Qwen/Qwen3-32B-FP8-Static-PerTensor, FP8",
        "amd/Llama-3.1-70B-Instruct-FP8-KV, FP8",
        "nvidia/DeepSeek-R1-0528-FP4, NVFP4",
        "nvidia/DeepSeek-R1-0528-FP4-v2, NVFP4",
        "nvidia/Kimi-K2.5-NVFP4, NVFP4",
        "amd/DeepSeek-R1-MXFP4, MXFP4",
        "RedHatAI/Qwen3-32B-quantized.w4a16, INT4",
        "RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w8a8, FP8",
        "unsloth/Qwen3-32B-bnb-4bit, INT4",
        "x/gpt-oss-120b-BF16, BF16"
    })
    void theEndingTells(String name, Precision precision) {
        var stated = PublishedPrecision.ofEnding(ModelId.of(name)).orElseThrow();
        assertThat(stated).isInstanceOf(StatedPrecision.Known.class);
        assertThat(((StatedPrecision.Known) stated).precision()).isEqualTo(precision);
        assertThat(stated.source()).startsWith("the ending -").endsWith(" of " + name);
    }

    @ParameterizedTest
    @CsvSource({
        "hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4, no measured kernels of AWQ",
        "Qwen/Qwen3-32B-AWQ, no measured kernels of AWQ",
        "Qwen/Qwen3-30B-A3B-GPTQ-Int4, no measured kernels of GPTQ",
        "unsloth/gpt-oss-120b-GGUF, llama.cpp"
    })
    void anEndingWithoutKernelsIsRefusedByName(String name, String reason) {
        var stated = PublishedPrecision.ofEnding(ModelId.of(name)).orElseThrow();
        assertThat(stated).isInstanceOf(StatedPrecision.Unserved.class);
        assertThat(((StatedPrecision.Unserved) stated).reason()).contains(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "deepseek-r1, FP8",
        "kimi-k2, FP8",
        "kimi-k2.5, INT4",
        "gpt-oss-120b, MXFP4",
        "llama-3.1-70b, BF16",
        "qwen3-235b-a22b, BF16"
    })
    void withoutAnEndingTheFirstPublicationTells(String name, Precision precision) {
        assertThat(PublishedPrecision.ofEnding(ModelId.of(name))).isEmpty();
        var stated = PublishedPrecision.ofModel(name, name);
        assertThat(((StatedPrecision.Known) stated).precision()).isEqualTo(precision);
        assertThat(stated.source()).endsWith("'s config.json");
    }

    /// Thinking came in another precision than the instructed model of the same structure.
    @Test
    void oneStructureIsPublishedInSeveralWays() {
        var stated = PublishedPrecision.ofModel("kimi-k2-thinking", "kimi-k2");
        assertThat(((StatedPrecision.Known) stated).precision()).isEqualTo(Precision.INT4);
    }

    @Test
    void everyModelOfTheCatalogueIsKnown() {
        for (ModelSpec model : Models.all()) {
            assertThat(PublishedPrecision.ofModel(model.name(), model.name()))
                    .as(model.name())
                    .isInstanceOf(StatedPrecision.Known.class);
        }
    }
}
