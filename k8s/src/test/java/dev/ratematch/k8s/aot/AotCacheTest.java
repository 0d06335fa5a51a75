package dev.ratematch.k8s.aot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A JVM passes over a cache that was made with other options than its own, and the image starts
/// slowly for ever after.
class AotCacheTest {

    private static final String OPTIONS = "@/app/start.options";

    /// The words of an instruction in exec form.
    private static List<String> words(String beginning) throws IOException {
        String text = Files.readString(Path.of("../Dockerfile")).replace("\\\n", " ");
        String line =
                text.lines().filter(each -> each.startsWith(beginning)).findFirst().orElseThrow();
        return Arrays.asList(
                new ObjectMapper().readValue(line.substring(line.indexOf('[')), String[].class));
    }

    @Test
    void itIsMadeByTheVeryCommandThatItIsFor() throws IOException {
        var entry = words("ENTRYPOINT [");
        var made = words("RUN [");

        assertThat(entry).startsWith("java", OPTIONS);
        int command = made.indexOf("/app") + 1;
        assertThat(made.subList(0, command)).contains(AotCache.class.getName());
        assertThat(made.subList(command, made.size()))
                .isEqualTo(entry.stream().filter(word -> !word.equals(OPTIONS)).toList());
    }

    @Test
    void itIsLearntFromAnOperator() {
        assertThat(AotCache.training(List.of("java", "-x", "-jar", "a.jar"), Path.of("/c"), 8080))
                .containsExactly(
                        "java",
                        "-XX:AOTCacheOutput=/c",
                        "-x",
                        "-jar",
                        "a.jar",
                        "operator",
                        "--scaler-port=0",
                        "--http-port=8080");
    }

    @Test
    void anImageForAnotherKindOfMachineHasNone() {
        String build = "BUILDPLATFORM";
        String target = "TARGETPLATFORM";
        assertThat(AotCache.same(Map.of(build, "linux/amd64", target, "linux/arm64"))).isFalse();
        assertThat(AotCache.same(Map.of(build, "linux/amd64", target, "linux/amd64"))).isTrue();
        assertThat(AotCache.same(Map.of())).isTrue();
    }
}
