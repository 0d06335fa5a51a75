package dev.ratematch.sizing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.model.HuggingFaceConfig;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.QuantizationConfig;
import dev.ratematch.costmodel.parallel.StatedPrecision;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A model, and what its files say of their precision.
///
/// @param spec its structure
/// @param stated what `config.json`, or `hf_quant_config.json` beside it, says; empty for a model
///   of the catalogue
public record ModelFile(ModelSpec spec, Optional<StatedPrecision> stated) {

    private static final String CONFIG = "config.json";
    private static final String BESIDE = "hf_quant_config.json";

    /// A model of the catalogue, or that of a file where there is one of that name.
    ///
    /// @param option for messages
    public static ModelFile named(String option, String name) throws IOException {
        Path file = Path.of(name);
        return name.endsWith(".json") || Files.exists(file)
                ? read(option, file)
                : new ModelFile(Models.named(name), Optional.empty());
    }

    /// The model of a `config.json`, or of the folder that it is in.
    ///
    /// @param option for messages
    public static ModelFile read(String option, Path given) throws IOException {
        Path file = Files.isDirectory(given) ? given.resolve(CONFIG) : given;
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "%s (%s): there is no such file.".formatted(option, file));
        }
        var config = object(option, file);
        var beside = file.resolveSibling(BESIDE);
        // Files of other names stand together with files of other models.
        boolean alone = !file.endsWith(CONFIG) || !Files.isRegularFile(beside);
        return new ModelFile(
                HuggingFaceConfig.read(file.toString(), config),
                Optional.of(
                        QuantizationConfig.stated(
                                config, alone ? Map.of() : object(option, beside))));
    }

    private static Map<String, Object> object(String option, Path file) throws IOException {
        try {
            Map<String, Object> fields =
                    new ObjectMapper().readValue(Files.readString(file), new TypeReference<>() {});
            if (fields == null) {
                throw new IllegalArgumentException(
                        "%s (%s) is no JSON object: it is null.".formatted(option, file));
            }
            return fields;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "%s (%s) is no JSON object: %s".formatted(option, file, e.getOriginalMessage()),
                    e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "%s (%s) must be text in UTF-8.".formatted(option, file), e);
        }
    }
}
