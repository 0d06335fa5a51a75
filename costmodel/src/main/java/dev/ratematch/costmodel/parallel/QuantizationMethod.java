package dev.ratematch.costmodel.parallel;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The scheme of one `quantization_config`, method by method.
final class QuantizationMethod {

    private static final String KNOWN =
            "fp8, compressed-tensors, modelopt, mxfp4, auto-round, bitsandbytes, quark, torchao and"
                    + " hqq";

    private QuantizationMethod() {}

    /// The name of the method: as stated, or told by the fields that only one family has; empty
    /// where nothing tells.
    static String name(Map<?, ?> fields) {
        Object stated = fields.get("quant_method");
        if (stated != null) {
            return stated.toString().strip().toLowerCase(Locale.ROOT).replace('_', '-');
        }
        if (algorithm(fields) != null) {
            return "modelopt";
        }
        if (fields.get("config_groups") != null) {
            return "compressed-tensors";
        }
        if (flag(fields, "load_in_4bit") || flag(fields, "load_in_8bit")) {
            return "bitsandbytes";
        }
        return bits(fields).isPresent() ? "gptq" : "";
    }

    static WeightScheme scheme(Map<?, ?> fields) {
        String method = name(fields);
        return switch (method) {
            case "fp8", "fbgemm-fp8", "ptpc-fp8", "w8a8-fp8" -> WeightScheme.exact(Precision.FP8);
            case "mxfp4" -> WeightScheme.exact(Precision.MXFP4);
            case "mxfp8" -> WeightScheme.mxfp8();
            case "petit-nvfp4" -> WeightScheme.exact(Precision.NVFP4);
            case "gptq", "gptq-marlin" -> WeightScheme.unmeasured("gptq");
            case "awq", "awq-marlin", "cpu-awq" -> WeightScheme.unmeasured("awq");
            case "moe-wna16" -> WeightScheme.of(bits(fields), false, false, 16);
            case "auto-round", "intel/auto-round", "inc" -> autoRound(fields);
            case "w8a8-int8", "experts-int8", "eetq", "int8" -> WeightScheme.int8();
            case "bitsandbytes" -> bitsAndBytes(fields);
            case "compressed-tensors" -> compressed(fields);
            case "quark" -> quark(fields);
            case "torchao", "fp-quant", "quanto" -> byWords(fields);
            case "hqq" -> hqq(fields);
            case "" -> WeightScheme.none("quant_method is missing; known are " + KNOWN);
            default ->
                    method.startsWith("modelopt")
                            ? modelOpt(fields, method)
                            : WeightScheme.none("the method is not known; known are " + KNOWN);
        };
    }

    /// `quant_algo`, which older files wrap in `quantization`.
    static @Nullable Object algorithm(Map<?, ?> fields) {
        Object stated = fields.get("quant_algo");
        return stated == null && fields.get("quantization") instanceof Map<?, ?> inner
                ? inner.get("quant_algo")
                : stated;
    }

    private static WeightScheme modelOpt(Map<?, ?> fields, String method) {
        var inner = fields.get("quantization") instanceof Map<?, ?> wrapped ? wrapped : fields;
        Object stated = algorithm(fields);
        String algorithm = stated == null ? "" : stated.toString().strip();
        if (algorithm.equalsIgnoreCase(ModelOptAlgorithm.MIXED)) {
            return layers(inner.get("quantized_layers"))
                    .or(() -> WeightGroups.scheme(inner.get("config_groups")))
                    .orElseGet(
                            () ->
                                    WeightScheme.none(
                                            "quant_algo is MIXED_PRECISION and neither"
                                                    + " quantized_layers nor config_groups says of"
                                                    + " what"));
        }
        if (!algorithm.isEmpty()) {
            return ModelOptAlgorithm.scheme(algorithm);
        }
        return WeightGroups.scheme(inner.get("config_groups"))
                .orElseGet(
                        () ->
                                method.equals("modelopt-fp4")
                                        ? WeightScheme.exact(Precision.NVFP4)
                                        : cacheOnly(inner, "quant_algo is missing"));
    }

    private static Optional<WeightScheme> layers(@Nullable Object layers) {
        var mixed = new MixedSchemes();
        if (layers instanceof Map<?, ?> named) {
            for (Map.Entry<?, ?> layer : named.entrySet()) {
                Object stated =
                        layer.getValue() instanceof Map<?, ?> fields
                                ? algorithm(fields)
                                : layer.getValue();
                if (stated != null) {
                    mixed.add(
                            String.valueOf(layer.getKey()),
                            ModelOptAlgorithm.scheme(stated.toString()));
                }
            }
        }
        return mixed.scheme();
    }

    private static WeightScheme compressed(Map<?, ?> fields) {
        return WeightGroups.scheme(fields.get("config_groups"))
                .orElseGet(
                        () ->
                                switch (String.valueOf(fields.get("format"))) {
                                    case "float-quantized", "naive-quantized" ->
                                            WeightScheme.exact(Precision.FP8);
                                    case "nvfp4-pack-quantized" ->
                                            WeightScheme.exact(Precision.NVFP4);
                                    case "mxfp4-pack-quantized" ->
                                            WeightScheme.exact(Precision.MXFP4);
                                    case "int-quantized" -> WeightScheme.int8();
                                    default ->
                                            cacheOnly(
                                                    fields,
                                                    "config_groups has no group with weights");
                                });
    }

    /// Where only the KV cache is quantised, the weights are as they were trained.
    private static WeightScheme cacheOnly(Map<?, ?> fields, String otherwise) {
        boolean cache =
                fields.get("kv_cache_scheme") instanceof Map<?, ?>
                        || fields.get("kv_cache_quant_algo") != null;
        return cache ? WeightScheme.exact(Precision.BF16) : WeightScheme.none(otherwise);
    }

    private static WeightScheme autoRound(Map<?, ?> fields) {
        String type = String.valueOf(fields.get("data_type")).toLowerCase(Locale.ROOT);
        boolean floats = type.contains("fp") || type.contains("float");
        int activations = WeightGroups.whole(fields.get("act_bits")).orElse(16);
        return WeightScheme.of(bits(fields), floats, type.startsWith("mx"), activations);
    }

    private static WeightScheme bitsAndBytes(Map<?, ?> fields) {
        if (flag(fields, "load_in_4bit")) {
            return WeightScheme.bitsAndBytes();
        }
        return flag(fields, "load_in_8bit")
                ? WeightScheme.int8()
                : WeightScheme.none("neither load_in_4bit nor load_in_8bit is true");
    }

    private static WeightScheme quark(Map<?, ?> fields) {
        Object weight =
                fields.get("global_quant_config") instanceof Map<?, ?> all
                        ? all.get("weight")
                        : null;
        // A list is quantised twice; the last is what is stored.
        Object stored =
                weight instanceof List<?> steps && !steps.isEmpty() ? steps.getLast() : weight;
        Object type = stored instanceof Map<?, ?> one ? one.get("dtype") : null;
        return type == null
                ? WeightScheme.none("global_quant_config.weight.dtype is missing")
                : words(type.toString(), Precision.MXFP4);
    }

    private static WeightScheme hqq(Map<?, ?> fields) {
        Object weights =
                fields.get("quant_config") instanceof Map<?, ?> config
                        ? config.get("weight_quant_params")
                        : null;
        Object bits = weights instanceof Map<?, ?> one ? one.get("nbits") : null;
        return WeightScheme.of(WeightGroups.whole(bits), false, false, 16);
    }

    private static WeightScheme byWords(Map<?, ?> fields) {
        for (String field : List.of("quant_type", "forward_dtype", "weights")) {
            if (fields.get(field) != null) {
                return words(fields.get(field).toString(), Precision.NVFP4);
            }
        }
        return WeightScheme.none("neither quant_type, forward_dtype nor weights is given");
    }

    /// A scheme by the type that its name holds.
    ///
    /// @param fp4 which of the 4-bit floats a bare `fp4` means
    private static WeightScheme words(String text, Precision fp4) {
        String name = text.toLowerCase(Locale.ROOT);
        if (name.contains("mxfp4") || name.contains("mx_fp4")) {
            return WeightScheme.exact(Precision.MXFP4);
        }
        if (name.contains("nvfp4")) {
            return WeightScheme.exact(Precision.NVFP4);
        }
        if (name.contains("fp4") || name.contains("float4")) {
            return WeightScheme.exact(fp4);
        }
        if (name.contains("int4")) {
            return WeightScheme.exact(Precision.INT4);
        }
        if (name.contains("fp8") || name.contains("float8")) {
            return WeightScheme.exact(Precision.FP8);
        }
        return name.contains("int8")
                ? WeightScheme.int8()
                : WeightScheme.none("its type (%s) is not known".formatted(text));
    }

    private static Optional<Integer> bits(Map<?, ?> fields) {
        return WeightGroups.whole(fields.get("bits"))
                .or(() -> WeightGroups.whole(fields.get("w_bit")))
                .or(() -> WeightGroups.whole(fields.get("wbits")));
    }

    private static boolean flag(Map<?, ?> fields, String name) {
        return Boolean.TRUE.equals(fields.get(name)) || Boolean.TRUE.equals(fields.get("_" + name));
    }
}
