package dev.ratematch.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.harness.prometheus.RealPrometheus;
import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus scrapes a simulated cluster on wall time; both commands are given no more than
/// its URL and selectors. A proxy before it remembers what it was asked.
@Tag("prometheus")
class LivePrometheusTest {

    private static final int SCRAPES = 14;

    private final Vertx vertx = Vertx.vertx();
    private final WebClient forward = WebClient.create(vertx);
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        Town.await(vertx.close());
    }

    private String proxied(RealPrometheus prometheus) {
        return "http://127.0.0.1:"
                + Town.await(
                                vertx.createHttpServer()
                                        .requestHandler(
                                                r -> {
                                                    asked.add(r.method() + " " + r.path());
                                                    r.bodyHandler(
                                                            body ->
                                                                    forward.postAbs(
                                                                                    prometheus.url()
                                                                                            + r
                                                                                                    .path())
                                                                            .putHeader(
                                                                                    "content-type",
                                                                                    "application/x-www-form-urlencoded")
                                                                            .sendBuffer(body)
                                                                            .onSuccess(
                                                                                    a ->
                                                                                            r.response()
                                                                                                    .setStatusCode(
                                                                                                            a
                                                                                                                    .statusCode())
                                                                                                    .end(
                                                                                                            a
                                                                                                                    .bodyAsBuffer())));
                                                })
                                        .listen(0, "127.0.0.1"))
                        .actualPort();
    }

    private static RealPrometheus scraping(Town town, Path folder) throws Exception {
        var yaml = new StringBuilder();
        for (String pod : town.pods()) {
            yaml.append(
                    """
                      - job_name: "%s"
                        metrics_path: /%s/metrics
                        static_configs:
                          - targets: ["127.0.0.1:%d"]
                            labels: {pod: "%s", namespace: "llm"}
                    """
                            .formatted(pod, pod, town.port(), pod));
        }
        var prometheus = RealPrometheus.start(Files.createDirectory(folder), yaml.toString());
        for (int i = 0; i < 600 && town.requests.size() < SCRAPES * town.pods().size(); i++) {
            LockSupport.parkNanos(100_000_000);
        }
        assertThat(town.requests).hasSizeGreaterThanOrEqualTo(SCRAPES * town.pods().size());
        return prometheus;
    }

    private static List<String> selecting(String url) {
        return List.of(
                "--prometheus=" + url,
                "--prefill-selector=namespace=\"llm\",pod=~\"p.*\"",
                "--decode-selector={namespace=\"llm\",pod=~\"d.*\"}",
                "--frontend-selector=pod=\"frontend\"");
    }

    @Test
    void fromAUrlToARecommendation(@TempDir Path folder) throws Exception {
        try (var town = new Town(2, 3);
                var prometheus = scraping(town, folder.resolve("p"))) {
            String url = proxied(prometheus);

            var labels = Ran.doctor(List.of("--prometheus=" + url));
            assertThat(labels.code()).isEqualTo(2);
            assertThat(labels.err())
                    .contains("Pods with an engine's metrics have these labels")
                    .contains("namespace=\"llm\",pod=\"" + town.pods().getFirst() + "\"");

            var healthy = Ran.doctor(selecting(url));
            assertThat(healthy.code()).as(healthy.out() + healthy.err()).isZero();
            assertThat(healthy.out()).contains("Healthy: Prometheus at " + url);

            var args = new ArrayList<>(selecting(url));
            args.addAll(Town.SERVICE);
            args.addAll(List.of("--window=3s", "--format=json"));
            var ran = Ran.recommend(args);
            assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
            var node = new ObjectMapper().readTree(ran.out());
            assertThat(node.at("/current/prefill").asInt()).isEqualTo(2);
            assertThat(node.at("/current/decode").asInt()).isEqualTo(3);
            assertThat(node.at("/observed/requests_per_s").asDouble()).isBetween(12.0, 16.0);
            assertThat(node.at("/explanation/estimate/windows").asInt()).isGreaterThan(2);
            assertThat(node.at("/explanation/estimate/requests_per_s").asDouble())
                    .isBetween(12.0, 16.0);
            assertThat(asked).isNotEmpty().allMatch("POST /api/v1/query"::equals);

            var wrong = new ArrayList<>(args);
            wrong.set(1, "--prefill-selector=pod=~\"pre-fill.*\"");
            var unfound = Ran.recommend(wrong);
            assertThat(unfound.code()).isEqualTo(1);
            assertThat(unfound.err())
                    .contains("--prefill-selector (pod=~\"pre-fill.*\") finds no series")
                    .contains("pod=\"" + town.pods().getFirst() + "\"");
            var bad = new ArrayList<>(args);
            bad.set(1, "--prefill-selector=pod=~\"(\"");
            assertThat(Ran.recommend(bad).err())
                    .contains("--prefill-selector", "refuses the query", "PromQL label matchers");
        }
    }

    @Test
    void plantedFaultsAreFoundThroughPrometheus(@TempDir Path folder) throws Exception {
        try (var town = new Town(2, 4)) {
            var decode = town.pods().stream().filter(p -> p.startsWith("d")).toList();
            String prefill =
                    town.pods().stream().filter(p -> p.startsWith("p")).findFirst().orElseThrow();
            town.put("decode-gone", () -> "");
            town.spoil(
                    decode.get(0),
                    text -> text.replace("vllm:num_requests_waiting", "vllm:requests_queued"));
            town.spoil(
                    decode.get(1),
                    text -> text.replaceAll("(?m)^(vllm:kv_cache_usage_perc\\S*) .*$", "$1 41.5"));
            town.spoil(
                    decode.get(2),
                    text -> text.replaceAll("(?m)^(vllm:num_requests_running\\S*) .*$", "$1 NaN"));
            long old = System.currentTimeMillis() - 200_000;
            town.spoil(
                    decode.get(3),
                    text -> text.replaceAll("(?m)^([^#\\n]\\S* \\S+)$", "$1 " + old));
            town.spoil(
                    prefill,
                    text -> text.replaceAll("model_name=\"[^\"]*\"", "model_name=\"another\""));
            try (var prometheus = scraping(town, folder.resolve("p"))) {
                var ran = Ran.doctor(selecting(prometheus.url()));

                assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(1);
                var faults = ran.out().lines().filter(l -> l.contains(" FAULT ")).toList();
                assertThat(faults)
                        .anyMatch(
                                l -> l.contains(decode.get(0)) && l.contains("requests that wait"))
                        .anyMatch(l -> l.contains(decode.get(1)) && l.contains(" unit "))
                        .anyMatch(l -> l.contains(decode.get(2)) && l.contains("is no number"))
                        .anyMatch(l -> l.contains(decode.get(3)) && l.contains(" fresh "))
                        .anyMatch(l -> l.contains("several models"));
            }
        }
    }

    @Test
    void anEmptyPrometheusIsSaidToBeEmpty(@TempDir Path folder) throws Exception {
        try (var prometheus = RealPrometheus.start(folder, "  []\n")) {
            for (var source :
                    List.of(
                            List.of("--prometheus=" + prometheus.url()),
                            selecting(prometheus.url()))) {
                var ran = Ran.doctor(source);
                assertThat(ran.code()).isEqualTo(1);
                assertThat(ran.err())
                        .contains(prometheus.url() + " answers, but it is empty")
                        .contains("Look at its targets page");
            }
        }
    }
}
