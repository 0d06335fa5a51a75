package dev.ratematch.k8s.aot;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// How the image and the chart start the operator, as their files say.
public final class Shipped {

    /// Has the way to the learnt cache, or nothing.
    static final String OPTIONS = "@/app/start.options";

    private static final String JVM_OPTIONS = "jvmOptions: ";

    private Shipped() {}

    /// The words of the first instruction of the Dockerfile, in exec form, that begins so.
    static List<String> words(String beginning) throws IOException {
        String text = Files.readString(Path.of("../Dockerfile")).replace("\\\n", " ");
        String line =
                text.lines().filter(each -> each.startsWith(beginning)).findFirst().orElseThrow();
        return Arrays.asList(
                new ObjectMapper().readValue(line.substring(line.indexOf('[')), String[].class));
    }

    /// The command of the image, without what it was learnt, for a jar elsewhere.
    public static List<String> command(Path java, Path jar) throws IOException {
        return words("ENTRYPOINT [").stream()
                .filter(word -> !word.equals(OPTIONS))
                .map(word -> word.equals("java") ? java.toString() : word)
                .map(word -> word.endsWith(".jar") ? jar.toString() : word)
                .toList();
    }

    /// What the chart adds to the JVM's options (`JDK_JAVA_OPTIONS`) by default.
    public static String jvmOptions() throws IOException {
        return Files.readAllLines(Path.of("../deploy/chart/ratematch/values.yaml")).stream()
                .filter(line -> line.startsWith(JVM_OPTIONS))
                .map(line -> line.substring(JVM_OPTIONS.length()))
                .findFirst()
                .orElseThrow();
    }
}
