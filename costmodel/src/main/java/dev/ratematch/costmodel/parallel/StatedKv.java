package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.model.LanguagePart;
import dev.ratematch.costmodel.model.ModelId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The type of the KV cache that a checkpoint was calibrated for, as its files or its name state
/// it. Checkpoints that state none leave it to the engine.
///
/// @param type of the two that are planned, the one that stands for it
/// @param source where it is stated
/// @param note how the two differ; empty where they are the same
public record StatedKv(KvDtype type, String source, Optional<String> note) {

    private static final List<String> DECLARED =
            List.of("quantization_config", "compression_config");

    /// What the files state; empty where they state nothing.
    ///
    /// @param config `config.json`
    /// @param beside `hf_quant_config.json`; empty where there is none
    public static Optional<StatedKv> of(Map<String, Object> config, Map<String, Object> beside) {
        for (LanguagePart part : LanguagePart.of(config)) {
            for (String field : DECLARED) {
                if (part.fields().get(field) instanceof Map<?, ?> fields) {
                    var found = declared(part.path() + field, fields, "config.json");
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return declared("", beside, "hf_quant_config.json");
    }

    /// What the ending of a name tells.
    public static Optional<StatedKv> ofEnding(ModelId id) {
        return id.weights().equals("fp8-kv")
                ? Optional.of(
                        new StatedKv(
                                KvDtype.FP8,
                                "the ending -fp8-kv of " + id.given(),
                                Optional.empty()))
                : Optional.empty();
    }

    private static Optional<StatedKv> declared(String path, Map<?, ?> fields, String file) {
        if (fields.get("kv_cache_scheme") instanceof Map<?, ?> scheme) {
            String type = scheme.get("type") + " " + scheme.get("num_bits") + " bit";
            return Optional.of(
                    of(
                            type,
                            "%s (%s) of %s"
                                    .formatted(dotted(path, "kv_cache_scheme"), type, file)));
        }
        Object algorithm = fields.get("kv_cache_quant_algo");
        if (algorithm == null && fields.get("quantization") instanceof Map<?, ?> inner) {
            return declared(dotted(path, "quantization"), inner, file);
        }
        if (algorithm != null) {
            String field = dotted(path, "kv_cache_quant_algo");
            return none(algorithm)
                    ? Optional.empty()
                    : Optional.of(
                            of(
                                    algorithm.toString(),
                                    "%s (%s) of %s".formatted(field, algorithm, file)));
        }
        Object quark = dtype(fields.get("kv_cache_quant_config"));
        return quark == null
                ? Optional.empty()
                : Optional.of(
                        of(
                                quark.toString(),
                                "%s (%s) of %s"
                                        .formatted(
                                                dotted(path, "kv_cache_quant_config"),
                                                quark,
                                                file)));
    }

    private static boolean none(Object algorithm) {
        String name = algorithm.toString().strip().toLowerCase(Locale.ROOT);
        return name.isEmpty() || name.equals("none") || name.equals("auto");
    }

    private static String dotted(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    /// The first `dtype` at any depth: quark states it for each projection.
    private static @Nullable Object dtype(@Nullable Object value) {
        if (value instanceof Map<?, ?> fields) {
            if (fields.get("dtype") != null) {
                return fields.get("dtype");
            }
            for (Object inner : fields.values()) {
                Object found = dtype(inner);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static StatedKv of(String stated, String source) {
        String name = stated.toLowerCase(Locale.ROOT);
        if (name.contains("fp8") || name.equals("float 8 bit")) {
            return new StatedKv(KvDtype.FP8, source, Optional.empty());
        }
        if (name.contains("16")) {
            return new StatedKv(KvDtype.BF16, source, Optional.empty());
        }
        return new StatedKv(
                KvDtype.FP8, source, Optional.of("no kernels are known of it; planned in fp8"));
    }
}
