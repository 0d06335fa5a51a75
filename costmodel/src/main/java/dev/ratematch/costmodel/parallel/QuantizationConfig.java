package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.model.LanguagePart;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads the precision of a checkpoint from its already parsed files: `quantization_config` in
/// `config.json`, of the file or of the language model in it; without it, what the Model Optimizer
/// leaves in `hf_quant_config.json`; without both, the type of the tensors.
public final class QuantizationConfig {

    private static final String CONFIG = "config.json";
    private static final String BESIDE = "hf_quant_config.json";

    private QuantizationConfig() {}

    /// What the files state.
    ///
    /// @param config `config.json`
    /// @param beside `hf_quant_config.json`; empty where there is none
    public static StatedPrecision stated(Map<String, Object> config, Map<String, Object> beside) {
        var inside = inside(config);
        if (inside.isEmpty()) {
            return beside.isEmpty() ? tensors(config) : optimizer(beside);
        }
        if (beside.isEmpty()) {
            return inside.get();
        }
        return together(inside.get(), optimizer(beside));
    }

    private static Optional<StatedPrecision> inside(Map<String, Object> config) {
        for (LanguagePart part : LanguagePart.of(config)) {
            for (String field : List.of("quantization_config", "compression_config")) {
                Object declared = part.fields().get(field);
                if (declared != null) {
                    return Optional.of(declared(part.path() + field, declared));
                }
            }
        }
        return Optional.empty();
    }

    private static StatedPrecision declared(String path, Object declared) {
        if (!(declared instanceof Map<?, ?> fields)) {
            return new StatedPrecision.Unserved(
                    "%s (%s) of %s".formatted(path, declared, CONFIG),
                    "it must be an object with quant_method");
        }
        String method = QuantizationMethod.name(fields);
        Object algorithm = QuantizationMethod.algorithm(fields);
        String source =
                algorithm == null
                        ? "%s.quant_method (%s) of %s"
                                .formatted(path, method.isEmpty() ? "missing" : method, CONFIG)
                        : "%s.quant_algo (%s) of %s".formatted(path, algorithm, CONFIG);
        return stated(source, QuantizationMethod.scheme(fields));
    }

    private static StatedPrecision optimizer(Map<String, Object> beside) {
        Object algorithm = QuantizationMethod.algorithm(beside);
        String source =
                "quantization.quant_algo (%s) of %s"
                        .formatted(algorithm == null ? "missing" : algorithm, BESIDE);
        if (algorithm == null) {
            // Exports of unquantised models leave it null.
            boolean said =
                    beside.get("quantization") instanceof Map<?, ?> inner
                            && inner.containsKey("quant_algo");
            return said
                    ? stated(source, WeightScheme.exact(Precision.BF16))
                    : new StatedPrecision.Unserved(source, "the file names no algorithm");
        }
        Map<String, Object> fields =
                Map.of("quant_method", "modelopt", "quantization", inner(beside));
        return stated(source, QuantizationMethod.scheme(fields));
    }

    private static Object inner(Map<String, Object> beside) {
        Object wrapped = beside.get("quantization");
        return wrapped == null ? beside : wrapped;
    }

    /// Engines go by `config.json` first.
    private static StatedPrecision together(StatedPrecision inside, StatedPrecision beside) {
        if (!(beside instanceof StatedPrecision.Known other)) {
            return inside;
        }
        if (!(inside instanceof StatedPrecision.Known known)) {
            return other;
        }
        if (known.precision() == other.precision()) {
            return known;
        }
        String differs =
                "%s says %s; engines go by %s"
                        .formatted(
                                other.source(),
                                other.precision().name().toLowerCase(Locale.ROOT),
                                CONFIG);
        return new StatedPrecision.Known(
                known.precision(),
                known.source(),
                Optional.of(known.note().map(n -> n + "; " + differs).orElse(differs)));
    }

    /// The type of the tensors of a checkpoint that is not quantised.
    private static StatedPrecision tensors(Map<String, Object> config) {
        for (LanguagePart part : LanguagePart.of(config)) {
            for (String field : List.of("torch_dtype", "dtype")) {
                if (part.fields().get(field) instanceof String type) {
                    String source = "%s%s (%s) of %s".formatted(part.path(), field, type, CONFIG);
                    return stated(source, tensor(type));
                }
            }
        }
        return stated(
                CONFIG + ", which has neither quantization_config nor torch_dtype",
                WeightScheme.exact(Precision.BF16));
    }

    private static WeightScheme tensor(String type) {
        String name = type.toLowerCase(Locale.ROOT).replace("torch.", "");
        if (name.startsWith("float8") || name.equals("fp8")) {
            return WeightScheme.exact(Precision.FP8);
        }
        return switch (name) {
            case "bfloat16", "bf16", "float16", "fp16", "half", "auto" ->
                    WeightScheme.exact(Precision.BF16);
            case "float32", "float", "fp32" ->
                    WeightScheme.near(
                            Precision.BF16,
                            "engines serve 32-bit tensors in 16 bit; planned in bf16");
            default -> WeightScheme.none("the type is not known; bfloat16 is the usual one");
        };
    }

    private static StatedPrecision stated(String source, WeightScheme scheme) {
        return scheme.nearest().isPresent()
                ? new StatedPrecision.Known(scheme.nearest().get(), source, scheme.note())
                : new StatedPrecision.Unserved(source, scheme.note().orElse(""));
    }
}
