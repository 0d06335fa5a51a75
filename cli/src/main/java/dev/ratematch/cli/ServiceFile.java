package dev.ratematch.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file with the fields of the step protocol's service line, as YAML or JSON.
public final class ServiceFile {

    private static final YAMLMapper YAML =
            YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

    private ServiceFile() {}

    /// The fields of `--service FILE`.
    ///
    /// @throws IllegalArgumentException naming the file and what is wrong with it
    public static ObjectNode read(Path file) {
        try {
            var node = YAML.readTree(Files.readString(file));
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new IllegalArgumentException(
                    "--service (%s) must be one object of fields, such as model: llama-3.1-70b."
                            .formatted(file));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("--service (%s) does not exist.".formatted(file), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "--service (%s), line %d, is neither YAML nor JSON: %s"
                            .formatted(
                                    file,
                                    e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                                    e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--service (%s) cannot be read: %s.".formatted(file, e), e);
        }
    }
}
