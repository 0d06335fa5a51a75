package dev.ratematch.k8s.aot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A JVM passes over a cache that was made with other options than its own, and the image starts
/// slowly for ever after.
class AotCacheTest {

    @Test
    void itIsMadeByTheVeryCommandThatItIsFor() throws IOException {
        var entry = Shipped.words("ENTRYPOINT [");
        var made = Shipped.words("RUN [");

        assertThat(entry).startsWith("java", Shipped.OPTIONS);
        int command = made.indexOf("/app") + 1;
        assertThat(made.subList(0, command)).contains(AotCache.class.getName());
        assertThat(made.subList(command, made.size()))
                .isEqualTo(entry.stream().filter(word -> !word.equals(Shipped.OPTIONS)).toList());
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
