package dev.ratematch.costmodel.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One level of a parsed `config.json` on the way to the language model, which multimodal models
/// wrap once or twice.
///
/// @param path names of the wrapping fields, joined by dots and ended by one; empty for the file
///   itself
/// @param fields the fields of this level
public record LanguagePart(String path, Map<?, ?> fields) {

    /// Fields that hold the language model, in the spelling of one family or another.
    private static final List<String> WRAPPERS =
            List.of(
                    "text_config",
                    "language_config",
                    "llm_config",
                    "language_model_config",
                    "thinker_config",
                    "text_model_config");

    /// The file, then what it wraps, outermost first.
    public static List<LanguagePart> of(Map<String, Object> config) {
        var parts = new ArrayList<LanguagePart>();
        var next = new LanguagePart("", config);
        while (next != null) {
            parts.add(next);
            next = next.wrapped();
        }
        return parts;
    }

    private @Nullable LanguagePart wrapped() {
        for (String name : WRAPPERS) {
            if (fields.get(name) instanceof Map<?, ?> inner) {
                return new LanguagePart(path + name + ".", inner);
            }
        }
        return null;
    }
}
