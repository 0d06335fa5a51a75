package dev.ratematch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.ratematch.k8s.emit.EmittedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A folder that `plan --emit` writes to. A list of its files and their checksums lies in it, so
/// that the next run knows its own files from those of others, and knows which were changed since.
final class EmitFolder {

    /// The list.
    static final String LIST = ".ratematch-emit.json";

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private EmitFolder() {}

    /// Writes the files in place of those of the run before. Nothing is written, and nothing is
    /// removed, where a file of somebody else's would be.
    ///
    /// @param overwrite whether files of our own may be replaced that were changed since
    /// @throws IllegalArgumentException naming the first file that stands in the way
    static void write(Path given, List<EmittedFile> files, boolean overwrite) throws IOException {
        if (Files.exists(given) && !Files.isDirectory(given)) {
            throw new IllegalArgumentException(
                    "--out (%s) must be a folder, but is a file.".formatted(given));
        }
        Path folder = Files.exists(given) ? given.toRealPath() : given;
        var before = listed(folder);
        var there = present(folder);
        for (String path : there) {
            String sum = before.get(path);
            if (sum == null) {
                throw new IllegalArgumentException(
                        ("--out (%s) contains %s, which plan did not write; choose an "
                                        + "empty folder.")
                                .formatted(folder, path));
            }
            if (!overwrite && !sum.equals(sum(Files.readAllBytes(folder.resolve(path))))) {
                throw new IllegalArgumentException(
                        ("--out (%s) contains %s, which was edited after plan wrote it; "
                                        + "choose another folder, or pass --overwrite to discard the "
                                        + "edit.")
                                .formatted(folder, path));
            }
        }
        var after = new TreeMap<String, String>();
        for (var file : files) {
            byte[] bytes = file.text().getBytes(StandardCharsets.UTF_8);
            after.put(file.path(), sum(bytes));
        }
        Files.createDirectories(folder);
        // First the list of both: what a run that is cut off leaves is then known as ours.
        var both = new TreeMap<>(before);
        both.putAll(after);
        JSON.writeValue(folder.resolve(LIST).toFile(), both);
        for (var file : files) {
            var path = folder.resolve(file.path());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.text());
            if (file.path().endsWith(".sh")) {
                var _ = path.toFile().setExecutable(true);
            }
        }
        for (String path : there) {
            if (!after.containsKey(path)) {
                Files.delete(folder.resolve(path));
            }
        }
        JSON.writeValue(folder.resolve(LIST).toFile(), after);
    }

    /// Files of the folder by their paths, without the list. A link to a folder is one, since what
    /// lies behind it is somebody else's.
    private static Set<String> present(Path folder) throws IOException {
        var paths = new TreeSet<String>();
        if (Files.isDirectory(folder)) {
            try (var all = Files.walk(folder)) {
                all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                        .map(path -> folder.relativize(path).toString().replace('\\', '/'))
                        .filter(path -> !path.equals(LIST))
                        .forEach(paths::add);
            }
        }
        return paths;
    }

    /// Checksums of the files that the run before wrote.
    private static Map<String, String> listed(Path folder) throws IOException {
        var list = folder.resolve(LIST);
        if (!Files.isRegularFile(list)) {
            return Map.of();
        }
        try {
            return JSON.readValue(Files.readString(list), new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "--out (%s): %s is not a list that plan wrote; choose an empty folder."
                            .formatted(folder, LIST),
                    e);
        }
    }

    private static String sum(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
