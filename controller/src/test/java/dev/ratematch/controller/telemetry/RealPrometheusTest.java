package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.host.PrometheusTelemetry;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.controller.telemetry.resilience.Limits;
import dev.ratematch.controller.telemetry.scrape.Scraper;
import dev.ratematch.controller.telemetry.scrape.Target;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.client.WebClient;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus scrapes pods that serve the sample bodies; what is read through it is what is
/// read from the pods. A proxy before it makes its answers bad.
@Tag("prometheus")
class RealPrometheusTest {

    /// What a store extrapolates follows the times of its scrapes: one that comes 30 ms late on a
    /// busy machine is off by as much of a window of 15 s.
    private static final double LATE_SCRAPE = 0.002;

    private static final double WINDOW_SECONDS = 300;
    private static final Fleet FLEET =
            new Fleet() {
                @Override
                public FleetCounts counts(Role role) {
                    return FleetCounts.steady(1);
                }

                @Override
                public void scale(Role role, int replicas) {}
            };

    private final Vertx vertx = Vertx.vertx();
    private final WebClient forward = WebClient.create(vertx);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Map<String, String> bodies = new ConcurrentHashMap<>();
    private final Map<String, Integer> served = new ConcurrentHashMap<>();
    private volatile String fault = "none";
    private @Nullable RealPrometheus prometheus;
    private int port;

    @BeforeEach
    void serve() throws Exception {
        port =
                await(vertx.createHttpServer().requestHandler(this::handle).listen(0, "127.0.0.1"))
                        .actualPort();
    }

    @AfterEach
    void stop() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private void handle(HttpServerRequest request) {
        String path = String.valueOf(request.path());
        if (path.startsWith("/api/")) {
            request.bodyHandler(body -> proxied(body, request.response()));
            return;
        }
        var body = bodies.get(path.substring(1));
        if (body == null) {
            request.response().setStatusCode(503).end("gone");
            return;
        }
        request.response().putHeader("content-type", "text/plain; version=0.0.4").end(body);
        synchronized (served) {
            served.merge(path.substring(1), 1, Integer::sum);
            served.notifyAll();
        }
    }

    private void proxied(Buffer form, HttpServerResponse response) {
        switch (fault) {
            case "html" -> response.end("<html><body>Bad gateway</body></html>");
            case "closed" -> response.setStatusCode(401).end();
            case "flood" -> flood(response.setChunked(true));
            case "hang" -> {}
            default ->
                    forward.postAbs(running().url() + "/api/v1/query")
                            .putHeader("content-type", "application/x-www-form-urlencoded")
                            .sendBuffer(form)
                            .onSuccess(
                                    answer -> {
                                        String text = String.valueOf(answer.bodyAsString());
                                        response.end(
                                                fault.equals("cut")
                                                        ? text.substring(0, text.length() / 2)
                                                        : text);
                                    })
                            .onFailure(_ -> response.setStatusCode(502).end());
        }
    }

    private static void flood(HttpServerResponse response) {
        response.write(Buffer.buffer("[".repeat(1 << 16))).onSuccess(_ -> flood(response));
    }

    private RealPrometheus running() {
        var is = prometheus;
        if (is == null) {
            throw new IllegalStateException("Prometheus has not been started.");
        }
        return is;
    }

    /// Waits until every pod has been scraped so many times more.
    private void awaitScrapes(int more) throws InterruptedException {
        synchronized (served) {
            served.clear();
            long end = System.nanoTime() + 120_000_000_000L;
            while (!bodies.keySet().stream().allMatch(b -> served.getOrDefault(b, 0) >= more)) {
                assertThat(System.nanoTime()).as("scraped: %s", served).isLessThan(end);
                served.wait(1000);
            }
        }
    }

    private void start(Path folder) throws Exception {
        var yaml = new StringBuilder();
        for (String name : bodies.keySet()) {
            yaml.append(
                    """
                      - job_name: "%s"
                        metrics_path: /%s
                        static_configs:
                          - targets: ["127.0.0.1:%d"]
                            labels: {pod: "%s"}
                    """
                            .formatted(name, name, port, name));
        }
        prometheus = RealPrometheus.start(folder, yaml.toString());
    }

    private PrometheusSettings settings() {
        return PrometheusSettings.of("http://127.0.0.1:" + port)
                .limits(
                        new Limits(
                                Duration.ofSeconds(20),
                                1,
                                Duration.ofMillis(1),
                                4,
                                100,
                                1000,
                                Duration.ofSeconds(1)));
    }

    private static Selectors selectors(String engine, String frontend) {
        return new Selectors(
                "pod=\"%s-prefill\"".formatted(engine),
                "pod=\"%s-decode\"".formatted(engine),
                frontend.isEmpty() ? "" : "pod=\"%s\"".formatted(frontend));
    }

    private Target target(Source source, String name) {
        return new Target(source, name, "http://127.0.0.1:%d/%s".formatted(port, name));
    }

    private void put(String name, boolean next) {
        var folder = SharedScrapes.folder();
        bodies.put(
                name,
                folder.map(
                                f ->
                                        SharedScrapes.read(
                                                f.resolve(name + (next ? ".next" : "") + ".prom")))
                        .orElseGet(
                                () ->
                                        SharedScrapes.bundled(
                                                name.contains("prefill")
                                                        ? "small-prefill.prom"
                                                        : "small-decode.prom")));
    }

    /// Engine and frontend.
    private static Map<String, String> combinations() {
        var all = new LinkedHashMap<String, String>();
        all.put("vllm", "");
        if (SharedScrapes.folder().isPresent()) {
            all.put("sglang", "");
            all.put("trtllm", "epp-frontend");
            all.put("dynamo", "dynamo-frontend");
        }
        return all;
    }

    private static List<String> pods() {
        var pods = new ArrayList<String>();
        combinations()
                .forEach(
                        (engine, frontend) -> {
                            pods.add(engine + "-prefill");
                            pods.add(engine + "-decode");
                            if (!frontend.isEmpty()) {
                                pods.add(frontend);
                            }
                        });
        return pods;
    }

    @Test
    void everyEngineReadsTheSameThroughPrometheusAsFromItsPods(@TempDir Path folder)
            throws Exception {
        pods().forEach(pod -> put(pod, false));
        var direct = new LinkedHashMap<String, EngineTelemetry>();
        try (var scraper = new Scraper(vertx, Duration.ofSeconds(20));
                var client = new PrometheusClient(vertx, "real", settings(), registry)) {
            combinations()
                    .forEach(
                            (engine, frontend) -> {
                                var targets = new ArrayList<Target>();
                                targets.add(target(Source.PREFILL, engine + "-prefill"));
                                targets.add(target(Source.DECODE, engine + "-decode"));
                                if (!frontend.isEmpty()) {
                                    targets.add(target(Source.FRONTEND, frontend));
                                }
                                direct.put(
                                        engine,
                                        new EngineTelemetry(
                                                scraper, () -> targets, FLEET, 90, WINDOW_SECONDS));
                            });
            direct.values().forEach(each -> each.observe(1000));
            start(folder);
            awaitScrapes(3);
            pods().forEach(pod -> put(pod, true));
            awaitScrapes(3);
            for (var each : direct.entrySet()) {
                String engine = each.getKey();
                var telemetry =
                        new PrometheusTelemetry(
                                client,
                                selectors(engine, combinations().getOrDefault(engine, "")),
                                FLEET,
                                90,
                                WINDOW_SECONDS);
                same(engine, telemetry.observe(5000), each.getValue().observe(1015));
            }
        }
    }

    private static void same(String engine, Snapshot seen, Snapshot wanted)
            throws ReflectiveOperationException {
        assertThat(seen.warnings()).as(engine).isEmpty();
        same(engine + " traffic", TrafficReading.class, seen.traffic(), wanted.traffic());
        same(engine + " prefill", PoolReading.class, seen.prefill(), wanted.prefill());
        same(engine + " decode", PoolReading.class, seen.decode(), wanted.decode());
        assertThat(seen.traffic().inputTokensHistogram())
                .isEqualTo(wanted.traffic().inputTokensHistogram());
        assertThat(seen.traffic().completed().known()).as(engine).isTrue();
    }

    private static void same(String what, Class<?> type, Object seen, Object wanted)
            throws ReflectiveOperationException {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = what + " " + component.getName();
            if (!(component.getAccessor().invoke(seen) instanceof Reading s)
                    || !(component.getAccessor().invoke(wanted) instanceof Reading w)) {
                continue;
            }
            if (w instanceof Reading.Value(double value, _)) {
                assertThat(s).as(name).isInstanceOf(Reading.Value.class);
                assertThat(s.orElse(Double.NaN))
                        .as(name)
                        .isCloseTo(value, within(LATE_SCRAPE * (1 + Math.abs(value))));
            } else {
                assertThat(s).as(name).isEqualTo(w);
            }
        }
    }

    /// Restart, vanished pod, and answers that are none; each ends unknown or stale with a reason.
    @Test
    void whatGoesWrongIsSaidAndIsNeverZero(@TempDir Path folder) throws Exception {
        put("vllm-prefill", false);
        put("vllm-decode", false);
        start(folder);
        awaitScrapes(3);
        put("vllm-prefill", true);
        put("vllm-decode", true);
        awaitScrapes(3);
        try (var client =
                new PrometheusClient(
                        vertx, "faulty", settings().bodyBytesMax(8_000_000), registry)) {
            var telemetry =
                    new PrometheusTelemetry(
                            client, selectors("vllm", ""), FLEET, 90, WINDOW_SECONDS);
            var good = telemetry.observe(100).decode().runningRequests();
            assertThat(good).isInstanceOf(Reading.Value.class);
            double at = 101;
            for (var each :
                    Map.of(
                                    "html", "looks like HTML",
                                    "cut", "no whole JSON",
                                    "closed", "requires credentials: a bearer token",
                                    "flood", "longer than 8000000 bytes")
                            .entrySet()) {
                fault = each.getKey();
                var snapshot = telemetry.observe(at++);
                assertThat(snapshot.warnings()).as(fault).hasSize(2);
                assertThat(snapshot.warnings().getFirst()).contains(each.getValue());
                assertThat(snapshot.decode().runningRequests().orElse(-1))
                        .isEqualTo(good.orElse(-2));
            }
            fault = "none";
            wrongSelector(client);
            bodies.remove("vllm-decode");
            awaitScrapes(3);
            assertThat(telemetry.observe(at++).warnings())
                    .as("a pod that answers with an error")
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("up is 0");
            running().close();
            var dead = telemetry.observe(at++);
            assertThat(dead.warnings().getFirst()).contains("HTTP 502");
            assertThat(telemetry.observe(at + 700).traffic().completed())
                    .isInstanceOf(Reading.Stale.class);
        }
    }

    private static void wrongSelector(PrometheusClient client) {
        var lost =
                new PrometheusTelemetry(client, selectors("vlm", ""), FLEET, 90, WINDOW_SECONDS)
                        .observe(1);

        assertThat(lost.decode().runningRequests().toString())
                .contains("no series with {pod=\"vlm-decode\"}; check the selector");
        assertThat(lost.traffic().completed().known()).isFalse();
    }
}
