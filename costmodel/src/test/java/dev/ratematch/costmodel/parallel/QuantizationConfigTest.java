package dev.ratematch.costmodel.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Precisions as checkpoints state them, family by family.
final class QuantizationConfigTest {

    private static StatedPrecision stated(Map<String, Object> quantization) {
        return QuantizationConfig.stated(
                Map.of("torch_dtype", "bfloat16", "quantization_config", quantization), Map.of());
    }

    private static StatedPrecision.Known known(StatedPrecision stated) {
        assertThat(stated).isInstanceOf(StatedPrecision.Known.class);
        return (StatedPrecision.Known) stated;
    }

    private static void exact(Precision precision, Map<String, Object> quantization) {
        var known = known(stated(quantization));
        assertThat(known.precision()).as(quantization.toString()).isEqualTo(precision);
        assertThat(known.note()).as(quantization.toString()).isEmpty();
    }

    private static void near(Precision precision, String note, Map<String, Object> quantization) {
        var known = known(stated(quantization));
        assertThat(known.precision()).as(quantization.toString()).isEqualTo(precision);
        assertThat(known.note().orElse("")).as(quantization.toString()).contains(note);
    }

    private static void unserved(String reason, Map<String, Object> quantization) {
        assertThat(stated(quantization)).isInstanceOf(StatedPrecision.Unserved.class);
        assertThat(((StatedPrecision.Unserved) stated(quantization)).reason()).contains(reason);
    }

    private static Map<String, Object> method(String name, Object... more) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("quant_method", name);
        for (int i = 0; i < more.length; i += 2) {
            fields.put(more[i].toString(), more[i + 1]);
        }
        return fields;
    }

    private static Map<String, Object> group(String target, Map<String, Object> weights, int acts) {
        return acts == 16
                ? Map.of("targets", List.of(target), "weights", weights)
                : Map.of(
                        "targets",
                        List.of(target),
                        "weights",
                        weights,
                        "input_activations",
                        Map.of("num_bits", acts, "type", "float"));
    }

    private static Map<String, Object> weights(int bits, String type, int size) {
        return Map.of("num_bits", bits, "type", type, "group_size", size);
    }

    private static Map<String, Object> compressed(Object... groups) {
        var named = new LinkedHashMap<String, Object>();
        for (Object group : groups) {
            named.put("group_" + named.size(), group);
        }
        return method("compressed-tensors", "config_groups", named);
    }

    @Test
    void methodsThatAreAPrecisionByName() {
        exact(Precision.FP8, method("fp8", "weight_block_size", List.of(128, 128)));
        exact(Precision.FP8, method("fbgemm_fp8"));
        exact(Precision.FP8, method("FP8"));
        exact(Precision.MXFP4, method("mxfp4"));
        exact(Precision.INT4, method("auto-round", "bits", 4, "data_type", "int"));
        exact(Precision.MXFP4, method("auto-round", "bits", 4, "data_type", "mx_fp"));
        exact(Precision.INT4, method("moe_wna16", "bits", "4"));
    }

    @Test
    void methodsWithoutMeasuredKernelsAreRefusedByName() {
        for (String name : List.of("awq", "awq_marlin", "AWQ")) {
            unserved("no measured kernels of AWQ", method(name, "bits", 4));
        }
        for (String name : List.of("gptq", "gptq_marlin")) {
            unserved("no measured kernels of GPTQ", method(name, "bits", 4));
        }
        unserved("no measured kernels of GPTQ", Map.of("bits", 4, "desc_act", false));
    }

    @Test
    void groupsOfCompressedTensors() {
        exact(Precision.FP8, compressed(group("Linear", weights(8, "float", 128), 8)));
        exact(Precision.INT4, compressed(group("Linear", weights(4, "int", 128), 16)));
        exact(Precision.NVFP4, compressed(group("Linear", weights(4, "float", 16), 4)));
        exact(Precision.MXFP4, compressed(group("Linear", weights(4, "float", 32), 4)));
        near(
                Precision.INT4,
                "16-bit activations",
                compressed(group("Linear", weights(4, "float", 16), 16)));
        near(
                Precision.INT4,
                "products in 8 bit",
                compressed(group("Linear", weights(4, "int", 128), 8)));
        near(Precision.FP8, "8-bit int", compressed(group("Linear", weights(8, "int", 128), 8)));
        exact(Precision.NVFP4, method("compressed-tensors", "format", "nvfp4-pack-quantized"));
    }

    @Test
    void mixedLayersArePlannedAsTheExperts() {
        near(
                Precision.NVFP4,
                "its layers are fp8 and nvfp4; all are planned in nvfp4, that of the experts",
                compressed(
                        group("re:.*self_attn.*", weights(8, "float", 128), 8),
                        group("re:.*mlp.experts.*", weights(4, "float", 16), 4)));
        var layers =
                Map.of(
                        "model.layers.0.mlp.down_proj", Map.of("quant_algo", "FP8"),
                        "model.layers.0.self_attn.o_proj", Map.of("quant_algo", "FP8"),
                        "model.layers.1.mlp.down_proj", Map.of("quant_algo", "NVFP4"));
        near(
                Precision.FP8,
                "that of most of them",
                method("modelopt", "quant_algo", "MIXED_PRECISION", "quantized_layers", layers));
        unserved("says of what", method("modelopt", "quant_algo", "MIXED_PRECISION"));
    }

    @Test
    void algorithmsOfTheModelOptimizer() {
        exact(Precision.FP8, method("modelopt", "quant_algo", "FP8"));
        exact(Precision.NVFP4, method("modelopt", "quant_algo", "NVFP4"));
        exact(Precision.NVFP4, method("modelopt_fp4"));
        exact(Precision.INT4, method("modelopt", "quant_algo", "W4A16_AWQ"));
        near(Precision.INT4, "8 bit", method("modelopt", "quant_algo", "W4A8_AWQ"));
        near(Precision.FP8, "8-bit int", method("modelopt", "quant_algo", "W8A8_SQ_PER_CHANNEL"));
        exact(Precision.FP8, Map.of("producer", Map.of(), "quant_algo", "FP8"));
        exact(Precision.NVFP4, Map.of("quantization", Map.of("quant_algo", "nvfp4")));
        unserved("not known", method("modelopt", "quant_algo", "Q9"));
    }

    @Test
    void whereOnlyTheCacheIsQuantisedTheWeightsAreNot() {
        var scheme = Map.of("num_bits", 8, "type", "float");
        exact(
                Precision.BF16,
                method("compressed-tensors", "config_groups", Map.of(), "kv_cache_scheme", scheme));
        exact(Precision.BF16, method("modelopt", "kv_cache_quant_algo", "FP8"));
        unserved("no group with weights", method("compressed-tensors", "config_groups", Map.of()));
        unserved("quant_algo is missing", method("modelopt"));
    }

    @Test
    void otherFamilies() {
        near(Precision.INT4, "bitsandbytes", method("bitsandbytes", "load_in_4bit", true));
        near(Precision.FP8, "8-bit", method("bitsandbytes", "_load_in_8bit", true));
        near(Precision.INT4, "bitsandbytes", Map.of("load_in_4bit", true));
        var quark = Map.of("weight", Map.of("dtype", "fp8_e4m3"));
        exact(Precision.FP8, method("quark", "global_quant_config", quark));
        var twice = Map.of("weight", List.of(Map.of("dtype", "fp8_e4m3"), Map.of("dtype", "int4")));
        exact(Precision.INT4, method("quark", "global_quant_config", twice));
        exact(Precision.INT4, method("torchao", "quant_type", "int4_weight_only"));
        var hqq = Map.of("weight_quant_params", Map.of("nbits", 4));
        exact(Precision.INT4, method("hqq", "quant_config", hqq));
        unserved("3-bit int weights", method("auto-round", "bits", 3, "data_type", "int"));
        unserved("method is not known", method("aqlm"));
        unserved("quant_method is missing", Map.of());
    }

    @Test
    void aWrappedLanguageModelIsSeenAtAnyDepth() {
        Map<String, Object> inner = Map.of("quantization_config", method("fp8"));
        for (String wrapper : List.of("text_config", "language_config", "llm_config")) {
            var known = known(QuantizationConfig.stated(Map.of(wrapper, inner), Map.of()));
            assertThat(known.precision()).isEqualTo(Precision.FP8);
            assertThat(known.source())
                    .isEqualTo(wrapper + ".quantization_config.quant_method (fp8) of config.json");
        }
        var twice = Map.<String, Object>of("thinker_config", Map.of("text_config", inner));
        assertThat(known(QuantizationConfig.stated(twice, Map.of())).precision())
                .isEqualTo(Precision.FP8);
    }

    @Test
    void theFileBesideCountsWhereTheConfigIsSilent() {
        Map<String, Object> plain = Map.of("torch_dtype", "bfloat16");
        Map<String, Object> beside = Map.of("quantization", Map.of("quant_algo", "FP8"));
        var known = known(QuantizationConfig.stated(plain, beside));
        assertThat(known.precision()).isEqualTo(Precision.FP8);
        assertThat(known.source())
                .isEqualTo("quantization.quant_algo (FP8) of hf_quant_config.json");
        Map<String, Object> other =
                Map.of("quantization_config", method("modelopt", "quant_algo", "NVFP4"));
        var both = known(QuantizationConfig.stated(other, beside));
        assertThat(both.precision()).isEqualTo(Precision.NVFP4);
        assertThat(both.note().orElse("")).contains("hf_quant_config.json says fp8");
        Map<String, Object> mixed =
                Map.of(
                        "quantization",
                        Map.of(
                                "quant_algo",
                                "MIXED_PRECISION",
                                "quantized_layers",
                                Map.of(
                                        "model.layers.3.mlp.experts.*",
                                        Map.of("quant_algo", "W4A8_AWQ"),
                                        "model.layers.3.self_attn.*",
                                        Map.of("quant_algo", "FP8"))));
        assertThat(known(QuantizationConfig.stated(plain, mixed)).precision())
                .isEqualTo(Precision.INT4);
    }

    @Test
    void withoutQuantisationTheTensorsTell() {
        assertThat(known(QuantizationConfig.stated(Map.of(), Map.of())).precision())
                .isEqualTo(Precision.BF16);
        var half = known(QuantizationConfig.stated(Map.of("dtype", "float16"), Map.of()));
        assertThat(half.precision()).isEqualTo(Precision.BF16);
        assertThat(half.source()).isEqualTo("dtype (float16) of config.json");
        var nested = Map.<String, Object>of("text_config", Map.of("torch_dtype", "float32"));
        assertThat(known(QuantizationConfig.stated(nested, Map.of())).note().orElse(""))
                .contains("32-bit");
        var eight = Map.<String, Object>of("torch_dtype", "float8_e4m3fn");
        assertThat(known(QuantizationConfig.stated(eight, Map.of())).precision())
                .isEqualTo(Precision.FP8);
        assertThat(QuantizationConfig.stated(Map.of("dtype", "complex"), Map.of()))
                .isInstanceOf(StatedPrecision.Unserved.class);
    }
}
