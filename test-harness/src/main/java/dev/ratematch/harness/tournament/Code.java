package dev.ratematch.harness.tournament;

import dev.ratematch.harness.judge.Judge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// Digests of this build's classes, so that a result is kept only for the code that it is of.
final class Code {

    private static final int DIGITS = 16;
    private static final String HOME = "dev/ratematch/";

    private Code() {}

    /// Classes that only list scenarios; what they list is in the key of each result.
    private static final String LISTS = "Scenarios.class";

    /// Classes that decide what anchors and peers reach: plant, traffic, judge.
    static String ofAnchors() {
        return digest(
                List.of(Judge.class),
                List.of(
                        "harness/sim",
                        "harness/plant",
                        "harness/traffic",
                        "harness/judge",
                        "harness/scenario"));
    }

    /// Digest of every class of the law and of the cost model that it rests on.
    static String ofLaw(List<Class<?>> members) {
        return digest(members, List.of("controller", "costmodel", "harness/exposition"));
    }

    private static String digest(List<Class<?>> members, List<String> packages) {
        var sha = sha();
        for (var member : members) {
            var at = location(member);
            if (Files.isDirectory(at)) {
                add(sha, at, packages);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(at)) {
                    add(sha, jar.getPath("/"), packages);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return HexFormat.of().formatHex(sha.digest()).substring(0, DIGITS);
    }

    private static Path location(Class<?> member) {
        try {
            return Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(MessageDigest sha, Path root, List<String> packages) {
        for (var name : packages) {
            var folder = root.resolve(HOME + name);
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (var files = Files.walk(folder)) {
                for (var file : files.filter(Code::counts).sorted().toList()) {
                    sha.update(root.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                    sha.update(Files.readAllBytes(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static boolean counts(Path file) {
        return Files.isRegularFile(file) && !file.getFileName().toString().endsWith(LISTS);
    }

    /// Digest of a text.
    static String of(String text) {
        var bytes = sha().digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(bytes).substring(0, DIGITS);
    }

    /// Digest of a file.
    static String of(Path file) {
        try {
            var bytes = sha().digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(bytes).substring(0, DIGITS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest sha() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
