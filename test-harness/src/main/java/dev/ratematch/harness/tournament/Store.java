package dev.ratematch.harness.tournament;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// Results in a folder, one file each, so that a run that was cut off goes on where it was. A file
/// that cannot be read counts as not there.
final class Store {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path folder;

    Store(Path folder) {
        this.folder = folder;
    }

    Optional<Cell> find(String scenario, long seed, String policy, String key) {
        var file = file(scenario, seed, policy, key);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), Cell.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    void put(String scenario, long seed, String policy, String key, Cell cell) {
        var file = file(scenario, seed, policy, key);
        try {
            Files.createDirectories(file.getParent());
            var part = file.resolveSibling(file.getFileName() + ".part");
            JSON.writeValue(part.toFile(), cell);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String scenario, long seed, String policy, String key) {
        return folder.resolve(scenario)
                .resolve("seed-%d".formatted(seed))
                .resolve("%s-%s.json".formatted(policy, key));
    }
}
