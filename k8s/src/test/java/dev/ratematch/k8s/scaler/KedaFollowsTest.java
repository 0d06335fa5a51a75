package dev.ratematch.k8s.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.publish.HttpEndpoints;
import dev.ratematch.controller.publish.RecommendationMetrics;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.publish.Recommended;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.Keda;
import dev.ratematch.k8s.cluster.KubeExtendedTest;
import dev.ratematch.k8s.cluster.Prometheus;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The real KEDA follows the external scaler by `deploy/examples/keda-external.yaml`.
@KubeExtendedTest
class KedaFollowsTest {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String PREFILL = "chat-prefill";
    private static final String DECODE = "chat-decode";

    private final Recommendations store = new Recommendations();
    private final ExternalScaler scaler;
    private volatile Duration ahead = Duration.ZERO;

    KedaFollowsTest() throws IOException {
        scaler =
                ExternalScaler.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        store,
                        () -> Instant.now().plus(ahead));
    }

    @AfterEach
    void stop() {
        scaler.close();
    }

    private void publish(Sandbox sandbox, int prefill, int decode) {
        store.publish(
                new Recommended(
                        sandbox.namespace(),
                        "chat",
                        prefill,
                        decode,
                        prefill,
                        decode,
                        Instant.now(),
                        true,
                        "rebalance"));
    }

    private static void stands(Sandbox sandbox, int prefill, int decode) {
        Await.until(
                LIMIT,
                "%dP%dD".formatted(prefill, decode),
                () ->
                        Examples.replicas(sandbox, PREFILL) == prefill
                                && Examples.replicas(sandbox, DECODE) == decode);
    }

    /// Whether KEDA says of a ScaledObject that it is ready: True, False, Unknown.
    private static boolean ready(Sandbox sandbox, String status) {
        var object =
                sandbox.client()
                        .genericKubernetesResources("keda.sh/v1alpha1", "ScaledObject")
                        .inNamespace(sandbox.namespace())
                        .withName(PREFILL)
                        .get();
        return conditions(object).contains(Map.entry("Ready", status));
    }

    private static List<Map.Entry<String, String>> conditions(GenericKubernetesResource object) {
        List<Map<String, String>> all = object.get("status", "conditions");
        return all.stream().map(c -> Map.entry(c.get("type"), c.get("status"))).toList();
    }

    @Test
    void upDownAndStillWhileNothingIsKnown(Sandbox sandbox, Keda keda) {
        assertThat(keda.operator()).isNotNull();
        sandbox.node("a", 16);
        Examples.deployment(sandbox, PREFILL, 2);
        Examples.deployment(sandbox, DECODE, 2);
        Examples.create(
                sandbox,
                Examples.read("keda-external.yaml", sandbox.namespace())
                        .replace("ratematch.ratematch-system:9090", "127.0.0.1:" + scaler.port())
                        .replace("pollingInterval: 15", "pollingInterval: 1"));

        Await.until(LIMIT, "KEDA hears that nothing is known", () -> ready(sandbox, "False"));
        stands(sandbox, 2, 2);

        publish(sandbox, 1, 5);
        stands(sandbox, 1, 5);
        Await.until(LIMIT, "KEDA is content", () -> ready(sandbox, "True"));
        publish(sandbox, 5, 1);
        stands(sandbox, 5, 1);

        store.stale(sandbox.namespace(), "chat", "Prometheus is away.");
        ahead = Duration.ofMinutes(11);
        Await.until(LIMIT, "KEDA hears that it is too old", () -> ready(sandbox, "False"));
        stands(sandbox, 5, 1);

        ahead = Duration.ZERO;
        publish(sandbox, 1, 1);
        stands(sandbox, 1, 1);
    }

    /// By `deploy/examples/keda-prometheus.yaml`, a Prometheus that scrapes us, and no other way.
    @Test
    @EnabledIfSystemProperty(
            named = Prometheus.PROPERTY,
            matches = ".+",
            disabledReason = "No Prometheus here: .ci/prometheus says why.")
    void followsThroughAPrometheusToo(Sandbox sandbox, Keda keda, @TempDir Path folder)
            throws Exception {
        assertThat(keda.operator()).isNotNull();
        sandbox.node("a", 16);
        Examples.deployment(sandbox, PREFILL, 2);
        Examples.deployment(sandbox, DECODE, 2);
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var vertx = Vertx.vertx();
        try (var metrics =
                        RecommendationMetrics.bind(
                                store, registry, () -> Instant.now().plus(ahead));
                var endpoints = new HttpEndpoints(vertx, 0, registry, () -> true, () -> true);
                var prometheus = Prometheus.start(sandbox, folder, "1s", job(endpoints.port()))) {
            assertThat(metrics).isNotNull();
            Examples.create(
                    sandbox,
                    Examples.read("keda-prometheus.yaml", sandbox.namespace())
                            .replace("http://prometheus-operated.monitoring:9090", prometheus.url())
                            .replace("pollingInterval: 15", "pollingInterval: 1"));
            Await.until(LIMIT, "KEDA hears that nothing is known", () -> ready(sandbox, "False"));
            stands(sandbox, 2, 2);

            publish(sandbox, 1, 5);
            stands(sandbox, 1, 5);
            Await.until(LIMIT, "KEDA is content", () -> ready(sandbox, "True"));

            ahead = Duration.ofMinutes(11);
            Await.until(LIMIT, "KEDA hears that it is too old", () -> ready(sandbox, "False"));
            stands(sandbox, 1, 5);

            ahead = Duration.ZERO;
            publish(sandbox, 5, 1);
            stands(sandbox, 5, 1);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static String job(int port) {
        return """
        - job_name: ratematch
          honor_labels: true
          static_configs:
          - targets: ['127.0.0.1:%d']
        """
                .formatted(port);
    }

    @Test
    void theExamplesAreValid(Sandbox sandbox, Keda keda) {
        assertThat(keda.operator()).isNotNull();
        var kubectl = sandbox.controlPlane().kubectl(sandbox.controlPlane().admin());
        for (var file : List.of("keda-external.yaml", "keda-prometheus.yaml", "hpa.yaml")) {
            var result =
                    kubectl.runWithInput(
                            Examples.read(file, sandbox.namespace()),
                            "apply",
                            "--dry-run=server",
                            "--validate=strict",
                            "-f",
                            "-");
            assertThat(result.orThrow()).contains("chat-prefill", "chat-decode");
        }
    }
}
