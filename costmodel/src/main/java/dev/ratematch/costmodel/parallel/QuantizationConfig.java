package dev.ratematch.costmodel.parallel;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the precision of a checkpoint from an already parsed `config.json`.
public final class QuantizationConfig {

    private QuantizationConfig() {}

    /// The precision that `quantization_config` (of the language model, where one is wrapped)
    /// declares; BF16 without it. Refuses a method that no kernel is calibrated for.
    public static Precision precision(Map<String, Object> config) {
        Object declared = config.get("quantization_config");
        if (declared == null && config.get("text_config") instanceof Map<?, ?> text) {
            declared = text.get("quantization_config");
        }
        if (declared == null) {
            return Precision.BF16;
        }
        if (!(declared instanceof Map<?, ?> fields)) {
            throw new IllegalArgumentException(
                    "quantization_config (%s) in config.json must be an object with quant_method."
                            .formatted(declared));
        }
        String method = String.valueOf(fields.get("quant_method")).toLowerCase(Locale.ROOT);
        return switch (method) {
            case "fp8", "fbgemm_fp8" -> Precision.FP8;
            case "mxfp4" -> Precision.MXFP4;
            case "gptq", "awq" -> bits(fields.get("bits"), "int", method);
            case "modelopt", "modelopt_fp4" -> algorithm(fields.get("quant_algo"), method);
            case "compressed-tensors" -> group(fields.get("config_groups"));
            default ->
                    throw new IllegalArgumentException(
                            ("quantization_config.quant_method (\"%s\") in config.json is not"
                                            + " supported; it must be fp8, mxfp4, gptq, awq, modelopt"
                                            + " or compressed-tensors. Give the precision instead.")
                                    .formatted(method));
        };
    }

    private static Precision algorithm(@Nullable Object value, String method) {
        String algorithm =
                value == null
                        ? method.equals("modelopt_fp4") ? "NVFP4" : "missing"
                        : value.toString().toUpperCase(Locale.ROOT);
        return switch (algorithm) {
            case "NVFP4" -> Precision.NVFP4;
            case "FP8" -> Precision.FP8;
            default ->
                    throw new IllegalArgumentException(
                            "quantization_config.quant_algo (%s) in config.json must be NVFP4 or FP8."
                                    .formatted(value));
        };
    }

    private static Precision group(@Nullable Object groups) {
        if (groups instanceof Map<?, ?> named) {
            for (Object group : named.values()) {
                if (group instanceof Map<?, ?> one
                        && one.get("weights") instanceof Map<?, ?> weights) {
                    return bits(
                            weights.get("num_bits"),
                            String.valueOf(weights.get("type")),
                            "compressed-tensors");
                }
            }
        }
        throw new IllegalArgumentException(
                "quantization_config.config_groups (%s) in config.json must have a group with weights."
                        .formatted(groups));
    }

    private static Precision bits(@Nullable Object bits, String type, String method) {
        if (bits instanceof Number number) {
            List<Object> key = List.of(number.intValue(), type);
            if (key.equals(List.of(4, "int"))) {
                return Precision.INT4;
            }
            if (key.equals(List.of(4, "float"))) {
                return Precision.NVFP4;
            }
            if (key.equals(List.of(8, "float"))) {
                return Precision.FP8;
            }
        }
        throw new IllegalArgumentException(
                ("quantization_config of method %s in config.json has %s-bit %s weights; supported"
                                + " are 4-bit int, 4-bit float and 8-bit float.")
                        .formatted(method, bits, type));
    }
}
