package dev.ratematch.sizing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.model.HuggingFaceConfig;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Models as Hugging Face describes them.
public final class ModelFile {

    private ModelFile() {}

    /// A model of the catalogue, or that of a file where there is one of that name.
    ///
    /// @param option for messages
    public static ModelSpec named(String option, String name) throws IOException {
        Path file = Path.of(name);
        return name.endsWith(".json") || Files.exists(file)
                ? read(option, file)
                : Models.named(name);
    }

    /// The model of a `config.json`, or of the folder that it is in.
    ///
    /// @param option for messages
    public static ModelSpec read(String option, Path given) throws IOException {
        Path file = Files.isDirectory(given) ? given.resolve("config.json") : given;
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "%s (%s): there is no such file.".formatted(option, file));
        }
        try {
            Map<String, Object> config =
                    new ObjectMapper().readValue(Files.readString(file), new TypeReference<>() {});
            if (config == null) {
                throw new IllegalArgumentException(
                        "%s (%s) is no JSON object: it is null.".formatted(option, file));
            }
            return HuggingFaceConfig.read(file.toString(), config);
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
