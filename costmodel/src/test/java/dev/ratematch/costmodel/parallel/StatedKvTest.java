package dev.ratematch.costmodel.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.costmodel.model.ModelId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Types of the KV cache as checkpoints state them.
final class StatedKvTest {

    private static Optional<StatedKv> stated(String field, Object value) {
        return StatedKv.of(Map.of("quantization_config", Map.of(field, value)), Map.of());
    }

    private static void is(KvDtype type, String source, Optional<StatedKv> stated) {
        assertThat(stated)
                .hasValueSatisfying(
                        kv -> {
                            assertThat(kv.type()).isEqualTo(type);
                            assertThat(kv.source()).isEqualTo(source);
                        });
    }

    @Test
    void theSchemeOfCompressedTensors() {
        is(
                KvDtype.FP8,
                "quantization_config.kv_cache_scheme (float 8 bit) of config.json",
                stated("kv_cache_scheme", Map.of("type", "float", "num_bits", 8)));
        var silent = new LinkedHashMap<String, Object>();
        silent.put("kv_cache_scheme", null);
        assertThat(StatedKv.of(Map.of("quantization_config", silent), Map.of())).isEmpty();
    }

    @Test
    void theAlgorithmOfTheModelOptimizerInEitherFile() {
        is(
                KvDtype.FP8,
                "quantization_config.kv_cache_quant_algo (FP8) of config.json",
                stated("kv_cache_quant_algo", "FP8"));
        Map<String, Object> beside = Map.of("quantization", Map.of("kv_cache_quant_algo", "FP8"));
        is(
                KvDtype.FP8,
                "quantization.kv_cache_quant_algo (FP8) of hf_quant_config.json",
                StatedKv.of(Map.of(), beside));
        assertThat(stated("kv_cache_quant_algo", "NONE")).isEmpty();
        is(
                KvDtype.BF16,
                "quantization_config.kv_cache_quant_algo (BF16) of config.json",
                stated("kv_cache_quant_algo", "BF16"));
    }

    @Test
    void quarkStatesItForEachProjection() {
        var tensors = Map.of("output_tensors", Map.of("dtype", "fp8_e4m3"));
        is(
                KvDtype.FP8,
                "quantization_config.kv_cache_quant_config (fp8_e4m3) of config.json",
                stated("kv_cache_quant_config", Map.of("*k_proj", tensors)));
    }

    @Test
    void aTypeWithoutKernelsIsSaid() {
        for (var stated :
                new Object[][] {
                    {"kv_cache_quant_algo", "NVFP4"},
                    {"kv_cache_scheme", Map.of("type", "int", "num_bits", 8)}
                }) {
            var kv = stated(stated[0].toString(), stated[1]).orElseThrow();
            assertThat(kv.type()).isEqualTo(KvDtype.FP8);
            assertThat(kv.note().orElse("")).contains("planned in fp8");
        }
    }

    @Test
    void aWrappedModelAndTheEndingOfAName() {
        Map<String, Object> inner =
                Map.of("quantization_config", Map.of("kv_cache_quant_algo", "FP8"));
        is(
                KvDtype.FP8,
                "text_config.quantization_config.kv_cache_quant_algo (FP8) of config.json",
                StatedKv.of(Map.of("text_config", inner), Map.of()));
        is(
                KvDtype.FP8,
                "the ending -fp8-kv of amd/Llama-3.1-70B-Instruct-FP8-KV",
                StatedKv.ofEnding(ModelId.of("amd/Llama-3.1-70B-Instruct-FP8-KV")));
        assertThat(StatedKv.ofEnding(ModelId.of("llama-3.1-70b-fp8"))).isEmpty();
    }
}
