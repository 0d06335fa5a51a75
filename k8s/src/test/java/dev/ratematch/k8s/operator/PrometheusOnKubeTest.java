package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.Recommendation;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Prometheus;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.engine.Engines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus between the engines and the operator, behind a door that asks for a token.
@KubeTest
@EnabledIfSystemProperty(
        named = Prometheus.PROPERTY,
        matches = ".+",
        disabledReason = "No Prometheus here: .ci/prometheus says why.")
class PrometheusOnKubeTest {

    private static final int GPUS = 6;
    private static final String TOKEN = "s3cret";

    /// Two windows of a minute each must have passed since the last answer.
    private static final Duration BLIND = Duration.ofMinutes(5);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private volatile String behind = "";
    private @Nullable HttpServer door;

    @BeforeEach
    void open() throws IOException {
        var opened =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        opened.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        opened.createContext("/", this::pass);
        opened.start();
        door = opened;
    }

    @AfterEach
    void close() {
        if (door != null) {
            door.stop(0);
        }
    }

    /// Lets a query in that carries the token.
    private void pass(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (!List.of("Bearer " + TOKEN).equals(exchange.getRequestHeaders().get("Authorization"))) {
            exchange.sendResponseHeaders(401, -1);
            exchange.close();
            return;
        }
        var request =
                HttpRequest.newBuilder(URI.create(behind + exchange.getRequestURI()))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        try {
            var answer = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (IOException e) {
            exchange.sendResponseHeaders(502, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private static Prometheus prometheus(Sandbox sandbox, Path folder) throws IOException {
        var pods = new StringBuilder();
        for (String app : List.of("prefill", "decode")) {
            for (var pod : sandbox.readyPods("app", app)) {
                pods.append(
                        "  - targets: ['%s:%d']\n    labels: {namespace: %s, pod: %s}\n"
                                .formatted(
                                        pod.getStatus().getPodIP(),
                                        Engines.PORT,
                                        sandbox.namespace(),
                                        pod.getMetadata().getName()));
            }
        }
        return Prometheus.start(
                sandbox, folder, "5s", "- job_name: engines\n  static_configs:\n" + pods);
    }

    private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String matcher(int askedPort) {
        return Manifests.matcher("Recommend", GPUS)
                .replace(
                        "telemetry: {interval: 1s}",
                        "telemetry: {interval: 1s, prometheus: {url: \"http://127.0.0.1:%d\", bearerTokenSecret: {name: prometheus, key: token}}}"
                                .formatted(askedPort));
    }

    /// What is read and what follows from it: the traffic, and that decode is what it wants more
    /// of.
    private record Told(double requestsPerSecond, double inputTokens, double outputTokens) {

        /// Looks at what one says, once it asks for more decode. What it asks for leans on what was
        /// learnt by then, so the replicas of two who learnt at other times may differ.
        static Optional<Told> by(Sandbox sandbox, String name) {
            return Optional.ofNullable(
                            sandbox.client()
                                    .resources(RateMatcher.class)
                                    .inNamespace(sandbox.namespace())
                                    .withName(name)
                                    .require()
                                    .getStatus())
                    .filter(status -> moreDecode(status.recommendation()))
                    .map(RateMatcherStatus::observed)
                    .map(Told::of);
        }

        private static @Nullable Told of(RateMatcherStatus.Observed seen) {
            Double rate = seen.requestsPerSecond();
            Double inputs = seen.inputTokensMean();
            Double outputs = seen.outputTokensMean();
            return rate == null || inputs == null || outputs == null
                    ? null
                    : new Told(rate, inputs, outputs);
        }

        private static boolean moreDecode(@Nullable Recommendation said) {
            return said != null
                    && said.decodeReplicasAtEnd() != null
                    && said.decodeReplicasAtEnd() > 1;
        }

        boolean like(Told other) {
            return near(requestsPerSecond, other.requestsPerSecond)
                    && near(inputTokens, other.inputTokens)
                    && near(outputTokens, other.outputTokens);
        }

        private static boolean near(double one, double other) {
            return Math.abs(one - other) <= 0.05 * other;
        }
    }

    @Test
    void what_it_tells_is_what_the_pods_tell_and_its_silence_holds_the_fleet(
            Sandbox sandbox, @TempDir Path folder) throws Exception {
        sandbox.node("a", GPUS);
        int open = Objects.requireNonNull(door).getAddress().getPort();
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var prometheus = prometheus(sandbox, folder);
                var operator = scene.operator("one")) {
            behind = prometheus.url();
            var direct = toldByThePods(sandbox, scene);
            scene.create(matcher(1));
            scene.rtm().awaitCondition("ScalingActive", "False", "SecretMissing");
            assertThat(scene.rtm().condition("ScalingActive").orElseThrow().message())
                    .isEqualTo(
                            "Secret prometheus in %s does not exist."
                                    .formatted(sandbox.namespace()));
            scene.create(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: prometheus}
                    stringData: {token: %s}
                    """
                            .formatted(TOKEN));
            scene.rtm().awaitCondition("TelemetryFresh", "False", "TelemetryUnknown");
            assertThat(scene.rtm().condition("TelemetryFresh").orElseThrow().message())
                    .contains("http://127.0.0.1:1 cannot be reached");
            // The address was wrong; what is corrected takes effect.
            scene.rtm()
                    .patch("llama", "/spec/telemetry/prometheus/url", "http://127.0.0.1:" + open);
            scene.rtm().awaitCondition("TelemetryFresh", "True", "Read");
            awaitTheSame(direct, sandbox, scene);
            assertStaysFresh(scene);

            prometheus.kill();
            Await.until(
                    BLIND,
                    "the silence said",
                    () ->
                            scene.rtm()
                                    .condition("TelemetryFresh")
                                    .orElseThrow()
                                    .status()
                                    .equals("False"),
                    () -> scene.rtm().status("llama"));
            assertThat(scene.rtm().condition("TelemetryFresh").orElseThrow().message())
                    .contains("http://127.0.0.1:" + open);
            assertKept(operator.httpPort());
            // Even told to act, it does not act on what it cannot see.
            scene.rtm().patch("llama", "/spec/mode", "Auto");
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            assertThat(scene.rtm().condition("TelemetryFresh").orElseThrow().status())
                    .isEqualTo("False");
            assertThat(scene.draining()).isEmpty();
            assertThat(scene.replicas("prefill")).isEqualTo(4);
            assertThat(scene.replicas("decode")).isOne();
        }
    }

    /// What one says that reads the pods themselves, once it has learnt. It goes before the other
    /// comes: a target has one RateMatcher.
    private static Told toldByThePods(Sandbox sandbox, Scene scene) {
        scene.create(
                Manifests.matcher("Recommend", GPUS).replace("{name: llama}", "{name: direct}"));
        var told =
                Await.value(
                        BLIND, "a recommendation by the pods", () -> Told.by(sandbox, "direct"));
        var _ =
                sandbox.client()
                        .resources(RateMatcher.class)
                        .inNamespace(sandbox.namespace())
                        .withName("direct")
                        .delete();
        return told;
    }

    private static void awaitTheSame(Told direct, Sandbox sandbox, Scene scene) {
        Await.until(
                BLIND,
                "the same traffic read by both, and more decode asked for",
                () -> Told.by(sandbox, "llama").filter(direct::like).isPresent(),
                () -> direct + "\n" + scene.rtm().status("llama"));
    }

    /// It looks every second at what is scraped every five: the looks in between are no silence.
    private static void assertStaysFresh(Scene scene) {
        var since = scene.rtm().condition("TelemetryFresh").orElseThrow().lastTransitionTime();
        for (int scrape = 0; scrape < 3; scrape++) {
            String before = String.valueOf(scene.rtm().get().getStatus().observed());
            Await.until(
                    Scene.LIMIT,
                    "another scrape",
                    () -> !before.equals(String.valueOf(scene.rtm().get().getStatus().observed())));
        }
        var fresh = scene.rtm().condition("TelemetryFresh").orElseThrow();
        assertThat(fresh.status()).isEqualTo("True");
        assertThat(fresh.lastTransitionTime()).isEqualTo(since);
    }

    /// The last good recommendation is still served, marked as what it is.
    private static void assertKept(int operatorPort) throws Exception {
        var metrics =
                get("http://127.0.0.1:" + operatorPort + "/metrics")
                        .body()
                        .lines()
                        .filter(line -> line.contains("ratematcher=\"llama\""))
                        .toList();
        assertThat(metrics)
                .anyMatch(
                        line ->
                                line.startsWith("ratematch_desired_replicas_end{")
                                        && line.contains("role=\"decode\"")
                                        && line.matches(".* [2-6](\\.0)?"))
                .anyMatch(line -> line.matches("ratematch_recommendation_fresh\\{.* 0(\\.0)?"));
    }
}
