package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the operator takes: memory, requests to the API server, time. The figures are printed; only
/// counts are judged. Intervals are those that a RateMatcher has by default.
@KubeTest
class FiguresTest {

    private static final int MANY = 200;
    private static final int CYCLES = 2;

    @Test
    void one_rate_matcher_costs_few_requests_and_follows_its_load(Sandbox sandbox)
            throws IOException {
        sandbox.node("a", 6);
        try (var scene = new Scene(sandbox).deployed(4, 1)) {
            scene.engines().load(5, 500, 200, 0.01);
            scene.create(usual("Auto", 6));
            var began = Instant.now();
            try (var operator = OperatorProgram.start(sandbox, "figures", null)) {
                scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
                print("start-to-first-status", seconds(began, Instant.now()), "s");
                double requests = requestsPerCycle(sandbox, "figures", 1);
                print("one-operator-rss", operator.residentMebibytes(), "MiB");
                print("one-requests-per-cycle", requests, "");
                assertThat(requests).isLessThan(10);
                scene.loaded();
                var shifted = Instant.now();
                var log = sandbox.controlPlane().auditLog();
                var first =
                        Await.value(
                                Duration.ofMinutes(5),
                                "the first scale write",
                                () ->
                                        log
                                                .events()
                                                .in(sandbox.namespace())
                                                .by(OperatorProgram.user("figures"))
                                                .on("deployments/scale")
                                                .wrote()
                                                .all()
                                                .stream()
                                                .findFirst());
                print("shift-to-first-scale-write", seconds(shifted, first.at()), "s");
            }
        }
    }

    @Test
    void two_hundred_rate_matchers_are_all_served(Sandbox sandbox) throws IOException {
        sandbox.node("a", 2 * MANY);
        try (var scene = new Scene(sandbox)) {
            Pairs.of(MANY).deploy(scene);
            for (String name : Pairs.of(MANY).names()) {
                scene.create(Manifests.apart(usual("Recommend", 8), name));
            }
            var began = Instant.now();
            try (var operator = OperatorProgram.start(sandbox, "many", null)) {
                Await.until(
                        Duration.ofMinutes(3),
                        "all of them read",
                        () -> fresh(sandbox) == MANY,
                        () -> fresh(sandbox) + " of " + MANY);
                print("many-all-fresh", seconds(began, Instant.now()), "s");
                double requests = requestsPerCycle(sandbox, "many", MANY);
                print("many-operator-rss", operator.residentMebibytes(), "MiB");
                print("many-requests-per-cycle-each", requests, "");
                assertThat(requests).isLessThan(10);
                assertThat(operator.alive()).isTrue();
            }
        }
    }

    private static String usual(String mode, int gpus) {
        return Manifests.matcher(mode, gpus).replace("  telemetry: {interval: 1s}\n", "");
    }

    private static void print(String what, double value, String unit) {
        System.out.printf("%s: %.1f %s%n", what, value, unit);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1e3;
    }

    /// Requests of one RateMatcher in one cycle, over some cycles of one of them.
    private static double requestsPerCycle(Sandbox sandbox, String identity, int matchers) {
        awaitLook(sandbox);
        var from = Instant.now();
        for (int i = 0; i < CYCLES; i++) {
            awaitLook(sandbox);
        }
        int requests =
                sandbox.controlPlane()
                        .auditLog()
                        .events()
                        .by(OperatorProgram.user(identity))
                        .in(sandbox.namespace())
                        .since(from)
                        .all()
                        .size();
        return (double) requests / CYCLES / matchers;
    }

    /// Waits until the first RateMatcher has been looked at anew.
    private static void awaitLook(Sandbox sandbox) {
        String before = look(sandbox);
        Await.until(Duration.ofMinutes(2), "another look", () -> !look(sandbox).equals(before));
    }

    private static String look(Sandbox sandbox) {
        var status = matchers(sandbox).getFirst().getStatus();
        return status == null || status.observed() == null
                ? ""
                : String.valueOf(status.observed().at());
    }

    private static List<RateMatcher> matchers(Sandbox sandbox) {
        return sandbox.client()
                .resources(RateMatcher.class)
                .inNamespace(sandbox.namespace())
                .list()
                .getItems();
    }

    private static long fresh(Sandbox sandbox) {
        return matchers(sandbox).stream().filter(FiguresTest::isFresh).count();
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
}
