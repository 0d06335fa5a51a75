package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What is said where there is no cluster to work in.
class OperatorCommandTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final List<String> OPERATOR =
            List.of("operator", "--http-port=0", "--scaler-port=-1");

    private static String nobody() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + free.getLocalPort();
        }
    }

    @Test
    void a_cluster_that_is_not_there_is_one_sentence_and_a_failure(@TempDir Path folder)
            throws Exception {
        String url = nobody();
        var kubeconfig = kubeconfig(folder, url);
        var said = ended(kubeconfig, OPERATOR);
        assertThat(said).contains("The cluster at " + url + "/ cannot be used: ");
        assertThat(said).contains("Check KUBECONFIG").doesNotContain("\tat ");
        assertThat(said.lines().filter(line -> line.startsWith("The cluster at "))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--namespaces", "--lease-namespace"})
    void a_recall_says_where_in_the_words_of_the_operator(String option) {
        assertThat(described(new RecallCommand(), option))
                .isEqualTo(described(new OperatorCommand(), option));
    }

    private static List<String> described(Object command, String option) {
        return List.of(new CommandLine(command).getCommandSpec().findOption(option).description());
    }

    private static Path kubeconfig(Path folder, String url) throws IOException {
        var kubeconfig = folder.resolve("config");
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
        return kubeconfig;
    }

    @Test
    void a_recall_without_a_cluster_is_one_sentence_and_a_failure(@TempDir Path folder)
            throws Exception {
        var said = ended(kubeconfig(folder, nobody()), List.of("recall"));
        assertThat(said).contains("Not everything was put back: ").doesNotContain("\tat ");
    }

    @Test
    void a_kubeconfig_that_is_not_there_is_one_sentence_and_a_failure(@TempDir Path folder)
            throws Exception {
        assertThat(ended(folder.resolve("none"), OPERATOR))
                .contains("The cluster at ", " cannot be used: ")
                .doesNotContain("\tat ");
    }

    /// What a command says that ends by itself, as a failure.
    private static String ended(Path kubeconfig, List<String> command) throws Exception {
        var whole =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()));
        whole.addAll(command);
        var builder = new ProcessBuilder(whole).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("KUBERNETES_"));
        builder.environment().putAll(Map.of("KUBECONFIG", kubeconfig.toString()));
        var process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        return said;
    }
}
