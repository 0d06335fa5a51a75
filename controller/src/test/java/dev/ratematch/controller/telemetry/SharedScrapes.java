package dev.ratematch.controller.telemetry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The sample scrapes: the shared folder where it is present, else the few bundled ones.
public final class SharedScrapes {

    public static final List<String> BUNDLED =
            List.of("small-prefill.prom", "small-decode.prom", "small-openmetrics.txt");

    private SharedScrapes() {}

    /// The shared folder, or nothing, which is said on the console.
    public static Optional<Path> folder() {
        String root = System.getProperty("ratematch.root", ".");
        String named = System.getenv("RATEMATCH_SHARED");
        for (var shared :
                List.of(
                        Path.of(root).resolveSibling("shared"),
                        Path.of(named == null ? "../shared" : named))) {
            if (Files.isDirectory(shared.resolve("scrapes"))) {
                return Optional.of(shared.resolve("scrapes"));
            }
        }
        System.out.println("Shared scrapes are absent; the bundled samples run instead.");
        return Optional.empty();
    }

    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String bundled(String name) {
        try (InputStream in = SharedScrapes.class.getResourceAsStream("/scrapes/" + name)) {
            if (in == null) {
                throw new IllegalStateException("No bundled sample " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
