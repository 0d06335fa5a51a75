package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the operator shows of its cycles at `/metrics`.
@KubeTest
class PublishedCyclesTest {

    private static final int GPUS = 6;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// Those of RateMatchers.
    private static List<String> series(RatematchOperator operator)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:%d/metrics"
                                                .formatted(operator.httpPort())))
                        .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith("ratematch_") && line.contains("ratematcher="))
                .toList();
    }

    private static void awaitLine(RatematchOperator operator, String... parts) {
        Await.until(
                Scene.LIMIT,
                "a line with " + List.of(parts),
                () ->
                        series(operator).stream()
                                .anyMatch(line -> Stream.of(parts).allMatch(line::contains)));
    }

    @Test
    void showsItsCyclesARefusalAndNothingOfWhatHasGone(Sandbox sandbox) throws Exception {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1);
                var operator = scene.operator("one")) {
            scene.engines().load(90, 500, 200, 0.01);
            scene.create(Manifests.matcher("Auto", GPUS));
            String own = "namespace=\"%s\",ratematcher=\"llama\"".formatted(sandbox.namespace());
            awaitLine(operator, "ratematch_move_open{" + own, "} 1.0");
            awaitLine(operator, "ratematch_cycles_total{", "outcome=\"resize\"");
            awaitLine(operator, "ratematch_replicas{" + own, "state=\"ready\"} 2.0");
            awaitLine(operator, "ratematch_acting{" + own, "} 1.0");
            assertThat(series(operator)).anyMatch(line -> line.contains("_cycle_duration_seconds"));
            awaitLine(operator, "ratematch_promise_error_ratio{figure=\"itl\"," + own);
            var promises = Objects.requireNonNull(scene.rtm().get().getStatus().promises());
            var last = Objects.requireNonNull(promises.last());
            assertThat(last.ratio()).matches("[1-6]P[1-6]D");
            assertThat(last.measuredItlMillis()).isPositive();

            sandbox.client()
                    .apps()
                    .deployments()
                    .inNamespace(sandbox.namespace())
                    .withName("decode")
                    .delete();
            awaitLine(operator, "ratematch_cycles_total{", "outcome=\"refused\"");
            awaitLine(operator, "ratematch_telemetry_fresh{" + own, "} 0.0");
            assertThat(series(operator)).noneMatch(line -> line.startsWith("ratematch_acting"));

            sandbox.client().resource(scene.rtm().get()).delete();
            Await.until(Scene.LIMIT, "all series gone", () -> series(operator).isEmpty());
        }
    }
}
