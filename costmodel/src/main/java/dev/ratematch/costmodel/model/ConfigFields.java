package dev.ratematch.costmodel.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Typed access to the fields of a parsed `config.json`. Every refusal names the field, shows its
/// value and says what would be right.
record ConfigFields(Map<String, Object> config) {

    /// The fields of the language model: those of the innermost part over those of what wraps it.
    static ConfigFields ofLanguageModel(Map<String, Object> config) {
        Map<String, Object> merged = new HashMap<>();
        for (LanguagePart part : LanguagePart.of(config)) {
            for (Map.Entry<?, ?> entry : part.fields().entrySet()) {
                if (entry.getKey() instanceof String key && entry.getValue() != null) {
                    merged.put(key, entry.getValue());
                }
            }
        }
        // The wrapper's architecture is the one that engines load.
        if (config.get("architectures") != null) {
            merged.put("architectures", config.get("architectures"));
        }
        return new ConfigFields(merged);
    }

    @Nullable Object get(String field) {
        return config.get(field);
    }

    boolean flag(String field, boolean otherwise) {
        Object value = config.get(field);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw new IllegalArgumentException(
                "%s (%s) in config.json must be true or false.".formatted(field, shown(value)));
    }

    int optional(String field, int otherwise, int minimum, int maximum) {
        return config.get(field) == null ? otherwise : integer(field, minimum, maximum);
    }

    int integer(String field, int minimum, int maximum) {
        Object value = config.get(field);
        if (value == null) {
            throw new IllegalArgumentException(
                    "%s is missing in config.json; it must be a whole number between %d and %d."
                            .formatted(field, minimum, maximum));
        }
        if (value instanceof Number number
                && number.doubleValue() == StrictMath.rint(number.doubleValue())
                && number.doubleValue() >= minimum
                && number.doubleValue() <= maximum) {
            return number.intValue();
        }
        throw new IllegalArgumentException(
                "%s (%s) in config.json must be a whole number between %d and %d%s."
                        .formatted(
                                field,
                                shown(value),
                                minimum,
                                maximum,
                                value instanceof String ? ", without quotes" : ""));
    }

    /// How many of the first `layers` entries of a list of strings equal `wanted`; -1 without the
    /// list. More entries are those of layers that predict further tokens.
    int count(String field, String wanted, int layers) {
        Object value = config.get(field);
        if (value == null) {
            return -1;
        }
        if (value instanceof List<?> list && list.size() >= layers) {
            return (int) list.stream().limit(layers).filter(wanted::equals).count();
        }
        throw new IllegalArgumentException(
                "%s (%s) in config.json must be a list with one entry per layer, %d of them."
                        .formatted(field, shown(value), layers));
    }

    private static String shown(Object value) {
        return value instanceof String ? "\"" + value + "\"" : value.toString();
    }
}
