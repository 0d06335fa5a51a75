package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Many RateMatchers in one operator with the memory that the chart gives it.
@KubeTest
class ManyTest {

    private static final int MANY = 200;

    @Test
    void two_hundred_rate_matchers_are_all_served(Sandbox sandbox) throws IOException {
        sandbox.node("a", 8);
        try (var scene = new Scene(sandbox).deployed(2, 2)) {
            scene.engines().load(20, 500, 200, 0.01);
            for (int i = 0; i < MANY; i++) {
                scene.create(
                        Manifests.matcher("Recommend", 8)
                                .replace("{name: llama}", "{name: llama-%d}".formatted(i))
                                .replace("interval: 1s", "interval: 15s"));
            }
            var began = Instant.now();
            try (var operator = OperatorProgram.start(sandbox, "many", null)) {
                Await.until(
                        Duration.ofMinutes(3),
                        "all of them read",
                        () -> fresh(sandbox) == MANY,
                        () -> fresh(sandbox) + " of " + MANY);
                System.out.printf(
                        "many-all-fresh: %d s%nmany-operator-rss: %d MiB%n",
                        Duration.between(began, Instant.now()).toSeconds(),
                        residentMebibytes(operator.pid()));
                assertThat(operator.alive()).isTrue();
            }
        }
    }

    private static long fresh(Sandbox sandbox) {
        return sandbox
                .client()
                .resources(RateMatcher.class)
                .inNamespace(sandbox.namespace())
                .list()
                .getItems()
                .stream()
                .filter(ManyTest::isFresh)
                .count();
    }

    private static boolean isFresh(RateMatcher matcher) {
        var status = matcher.getStatus();
        return status != null
                && status.conditions() != null
                && status.conditions().stream()
                        .anyMatch(
                                c ->
                                        c.type().equals("TelemetryFresh")
                                                && c.status().equals("True"));
    }

    private static long residentMebibytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/%d/status".formatted(pid))).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(kib -> Long.parseLong(kib) / 1024)
                .findFirst()
                .orElse(0);
    }
}
