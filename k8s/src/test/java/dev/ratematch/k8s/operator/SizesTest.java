package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeExtendedTest;
import dev.ratematch.k8s.cluster.Program;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// How much the operator takes for so many RateMatchers at the default interval: what values.yaml
/// advises was read off here. Figures are printed; judged is that all of them are served.
@KubeExtendedTest
class SizesTest {

    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final int CYCLES = 4;

    /// A node has room for 500.
    private static final int PODS = 400;

    /// The default of `--threads`.
    private static final int THREADS = 8;

    private static final double TICKS_PER_SECOND = 100;

    /// RateMatchers, heap in MiB, and the most that the process may hold in MiB, four fifths of the
    /// memory limit that values.yaml advises; with `-Dratematch.sizes=100` that many only.
    static Stream<Arguments> sizes() {
        int only = Integer.getInteger("ratematch.sizes", 0);
        return Stream.of(
                        Arguments.of(1, 128, 256),
                        Arguments.of(50, 128, 256),
                        Arguments.of(100, 128, 256),
                        Arguments.of(200, 192, 307),
                        Arguments.of(1000, 512, 819))
                .filter(each -> only == 0 || Integer.valueOf(only).equals(each.get()[0]));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void all_of_them_are_fresh(int count, int heapMebibytes, int heldMebibytes, Sandbox sandbox)
            throws Exception {
        for (int i = 0; i * PODS < 2 * count; i++) {
            sandbox.node("n" + i, PODS);
        }
        var shipped = shipped();
        try (var scene = new Scene(sandbox).crowded();
                var matchers = watched(sandbox)) {
            var deploying = Instant.now();
            Pairs.of(count).deploy(scene);
            print(count + " RateMatchers", "deploying their pods", seconds(deploying), "s");
            scene.engines().load(20, 500, 200, 0.01);
            String yaml =
                    Manifests.matcher("Recommend", 8).replace("  telemetry: {interval: 1s}\n", "");
            Pairs.of(count).each(name -> scene.create(Manifests.apart(yaml, name)));
            int http = freePort();
            var began = Instant.now();
            var config =
                    sandbox.controlPlane().user(OperatorProgram.user("sizes"), "system:masters");
            try (var operator =
                    shipped != null
                            ? shipped.start(sandbox, config, heapMebibytes, http)
                            : fromClasses(sandbox, config, heapMebibytes, http)) {
                String what = count + " RateMatchers";
                Await.until(Scene.LIMIT, "ready", () -> get(http, "/readyz").statusCode() == 200);
                print(what, "start to ready", seconds(began), "s");
                print(what, "CPU until ready", cpuSeconds(operator), "s");
                Await.until(
                        Duration.ofMinutes(5),
                        "all fresh",
                        () -> fresh(matchers, began) == count,
                        () -> fresh(matchers, began) + " of " + count);
                print(what, "start to all fresh", seconds(began), "s");
                steady(sandbox, matchers, operator, what, count);
                print(what, "/metrics", get(http, "/metrics").body().length() / 1e6, "MB");
                assertThat(operator.alive()).isTrue();
                if (shipped != null) {
                    assertThat(operator.residentMebibytes()).isLessThan(heldMebibytes);
                }
            }
        }
    }

    /// The jar that `-Dratematch.jar` names, started as the image starts it; without one, the
    /// operator starts from classes, which takes several times longer.
    private static @Nullable ShippedOperator shipped() throws IOException {
        String jar = System.getProperty("ratematch.jar", "");
        return jar.isEmpty()
                ? null
                : ShippedOperator.of(Path.of(jar), Files.createTempDirectory("shipped"));
    }

    private static Program fromClasses(Sandbox sandbox, Config config, int heap, int http) {
        return OperatorProgram.start(
                sandbox,
                "sizes",
                null,
                config,
                "-Xmx%dm".formatted(heap),
                "-Dhttp=" + http,
                "-Dthreads=" + THREADS);
    }

    private static void steady(
            Sandbox sandbox,
            SharedIndexInformer<RateMatcher> matchers,
            Program operator,
            String what,
            int count)
            throws IOException {
        var from = Instant.now();
        double cpu = cpuSeconds(operator);
        Await.holds(INTERVAL.multipliedBy(CYCLES), "it works", operator::alive);
        double took = seconds(from);
        print(what, "CPU", (cpuSeconds(operator) - cpu) / took, "cores");
        print(what, "RSS", operator.residentMebibytes(), "MiB");
        int requests =
                sandbox.controlPlane()
                        .auditLog()
                        .events()
                        .by(OperatorProgram.user("sizes"))
                        .in(sandbox.namespace())
                        .since(from)
                        .all()
                        .size();
        double each = requests / (took / INTERVAL.toSeconds()) / count;
        print(what, "requests of each in a cycle", each, "");
        var now = Instant.now();
        Await.until(
                Duration.ofMinutes(4),
                "all looked at again",
                () -> fresh(matchers, now) == count,
                () -> fresh(matchers, now) + " of " + count);
        print(what, "until each was looked at again", seconds(now), "s");
        assertThat(each).isLessThan(10);
    }

    private static void print(String what, String name, double value, String unit) {
        System.out.printf("%s: %s: %.2f %s%n", what, name, value, unit);
    }

    private static double seconds(Instant from) {
        return Duration.between(from, Instant.now()).toMillis() / 1e3;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static HttpResponse<String> get(int port, String path)
            throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    /// By a watch: a thousand statuses cannot be listed again and again beside what is measured.
    private static SharedIndexInformer<RateMatcher> watched(Sandbox sandbox) {
        return sandbox.client()
                .resources(RateMatcher.class)
                .inNamespace(sandbox.namespace())
                .runnableInformer(0)
                .run();
    }

    /// How many have fresh telemetry and were looked at since.
    private static long fresh(SharedIndexInformer<RateMatcher> matchers, Instant since) {
        return matchers.getStore().list().stream()
                .filter(matcher -> isFresh(matcher, since))
                .count();
    }

    private static boolean isFresh(RateMatcher matcher, Instant since) {
        var status = matcher.getStatus();
        return status != null
                && status.observed() != null
                && status.observed().at() != null
                && !Instant.parse(status.observed().at()).isBefore(since)
                && status.conditions() != null
                && status.conditions().stream()
                        .anyMatch(
                                c ->
                                        c.type().equals("TelemetryFresh")
                                                && c.status().equals("True"));
    }

    private static double cpuSeconds(Program program) throws IOException {
        String stat = Files.readString(Path.of("/proc/%d/stat".formatted(program.pid())));
        List<String> fields = List.of(stat.substring(stat.indexOf(')') + 2).split(" "));
        return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / TICKS_PER_SECOND;
    }
}
