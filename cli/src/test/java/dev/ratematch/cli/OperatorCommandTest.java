package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said where there is no cluster to work in.
class OperatorCommandTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static String nobody() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + free.getLocalPort();
        }
    }

    @Test
    void a_cluster_that_is_not_there_is_one_sentence_and_a_failure(@TempDir Path folder)
            throws Exception {
        var kubeconfig = folder.resolve("config");
        String url = nobody();
        Files.writeString(
                kubeconfig,
                """
                apiVersion: v1
                kind: Config
                clusters: [{name: test, cluster: {server: "%s"}}]
                contexts: [{name: test, context: {cluster: test, user: test}}]
                users: [{name: test, user: {}}]
                current-context: test
                """
                        .formatted(url));
        assertSaid(kubeconfig, "The cluster at " + url + "/ cannot be used: ", "Check KUBECONFIG");
    }

    @Test
    void a_kubeconfig_that_is_not_there_is_one_sentence_and_a_failure(@TempDir Path folder)
            throws Exception {
        assertSaid(folder.resolve("none"), "The cluster at ", " cannot be used: ");
    }

    private static void assertSaid(Path kubeconfig, String... parts) throws Exception {
        var builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "operator",
                                "--http-port=0",
                                "--scaler-port=-1")
                        .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("KUBERNETES_"));
        builder.environment().putAll(Map.of("KUBECONFIG", kubeconfig.toString()));
        var process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(said).contains(parts).doesNotContain("\tat ");
        assertThat(said.lines().filter(line -> line.startsWith("The cluster at "))).hasSize(1);
    }
}
