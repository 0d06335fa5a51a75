package dev.ratematch.controller.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.Slo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Without a precision a service is planned as its weights are published, whatever the GPU.
class PrecisionDefaultTest {

    private static Service service(String model, String gpu, @Nullable String precision) {
        return ServiceFactory.create(
                ServiceRequest.builder(model, gpu, new Slo(5, 0.05, 95), 64)
                        .precision(precision)
                        .pools(PoolRequest.spread("tp8"), PoolRequest.spread("tp8"))
                        .build());
    }

    @ParameterizedTest
    @CsvSource({
        "llama-3.1-70b,                    b200,  bf16,  torch_dtype (bfloat16) of meta-llama",
        "meta-llama/Llama-3.1-70B-Instruct, h100, bf16,  torch_dtype (bfloat16) of meta-llama",
        "deepseek-ai/DeepSeek-R1,          b200,  fp8,   quantization_config.quant_method (fp8)",
        "nvidia/Llama-3.1-70B-FP8,         b200,  fp8,   the ending -fp8",
        "nvidia/DeepSeek-R1-0528-FP4,      b200,  nvfp4, the ending -fp4",
        "openai/gpt-oss-120b,              b200,  mxfp4, openai/gpt-oss-120b",
    })
    void isWhatTheNameOrThePublicationStates(
            String model, String gpu, String precision, String source) {
        var service = service(model, gpu, null);
        assertThat(service.precision()).isEqualTo(precision);
        assertThat(service.precisionSource()).contains(source);
        assertThat(service.warnings()).noneMatch(warning -> warning.contains("quantised"));
    }

    @Test
    void whatIsAskedForGoesBeforeItAndSaysSo() {
        var asked = service("llama-3.1-70b", "b200", "nvfp4");
        assertThat(asked.precision()).isEqualTo("nvfp4");
        assertThat(asked.precisionSource()).isEqualTo("precision");
        assertThat(asked.warnings()).isEmpty();
        assertThat(service("nvidia/Llama-3.1-70B-FP8", "b200", "nvfp4").warnings())
                .anyMatch(warning -> warning.contains("the weights have to be quantised anew"));
    }

    @Test
    void whatTheGpuDoesNotComputeIsRefused() {
        assertThatThrownBy(() -> service("llama-3.1-70b", "h100", "nvfp4"))
                .hasMessageContaining("precision (nvfp4) is not computed by h100; use fp8 or bf16");
        assertThatThrownBy(() -> service("nvidia/DeepSeek-R1-0528-FP4", "h200", null))
                .hasMessageContaining(
                        "says nvfp4, which h200 does not compute; give precision fp8");
    }
}
