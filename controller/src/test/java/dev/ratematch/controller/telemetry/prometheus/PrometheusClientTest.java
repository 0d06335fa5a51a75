package dev.ratematch.controller.telemetry.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.telemetry.prometheus.Outcome.Failed;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Kind;
import dev.ratematch.controller.telemetry.resilience.Limits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Against a real server that answers as Prometheus, proxies and strangers do.
class PrometheusClientTest {

    private static final String MATRIX =
            """
            {"status":"success","data":{"resultType":"matrix","result":[
              {"metric":{"__name__":"a","le":"+Inf"},"values":[[10.5,"1"],[25.5,"NaN"]]},
              {"metric":{"__name__":"b"},"values":[[10.5,"+Inf"]],"histograms":[[1,{"x":[1]}]]}
            ]},"infos":["x"]}
            """;

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicInteger asked = new AtomicInteger();
    private int port;
    private volatile String authorization = "";
    private volatile String tenant = "";

    @BeforeEach
    void serve() throws Exception {
        port =
                await(
                                vertx.createHttpServer()
                                        .requestHandler(
                                                r -> {
                                                    asked.incrementAndGet();
                                                    authorization =
                                                            String.valueOf(
                                                                    r.getHeader("authorization"));
                                                    tenant =
                                                            String.valueOf(
                                                                    r.getHeader("X-Scope-OrgID"));
                                                    answer(
                                                            mode(String.valueOf(r.path())),
                                                            r.response());
                                                })
                                        .listen(0, "127.0.0.1"))
                        .actualPort();
    }

    private void answer(String how, HttpServerResponse response) {
        switch (how) {
            case "good" -> response.end(MATRIX);
            case "empty" -> response.end(result("matrix", "[]"));
            case "time" -> response.end(result("scalar", "[1763903600.5,\"1763903600.5\"]"));
            case "vector" ->
                    response.end(result("vector", "[{\"metric\":{},\"value\":[7,\"3\"]}]"));
            case "cut" -> response.end(MATRIX.substring(0, 150));
            case "html" -> response.end("<!DOCTYPE html><html><title>Sign in</title>");
            case "login" ->
                    response.setStatusCode(302).putHeader("location", "/sign-in?to=secret").end();
            case "closed" -> response.setStatusCode(401).end("no");
            case "tenant" -> response.setStatusCode(401).end("no org id\n");
            case "basic" ->
                    response.setStatusCode(401)
                            .putHeader("WWW-Authenticate", "Basic realm=\"x\"")
                            .end();
            case "tls" ->
                    response.setStatusCode(400)
                            .end("Client sent an HTTP request to an HTTPS server.\n");
            case "limited" ->
                    response.putHeader("M3-Results-Limited", "max_fetch_series_limit_applied")
                            .end(MATRIX);
            case "echo" ->
                    response.setStatusCode(403)
                            .end("<p>" + authorization + " of " + tenant + " may not</p>");
            case "elsewhere" -> response.setStatusCode(404).end("<html>");
            case "wrong" ->
                    response.setStatusCode(400)
                            .end("{\"status\":\"error\",\"error\":\"parse error at char 3\"}");
            case "partial" ->
                    response.end(
                            result("matrix", "[]")
                                    .replaceFirst("}$", ",\"warnings\":[\"store b is down\"]}"));
            case "busy" -> response.setStatusCode(503).end();
            case "once" -> {
                if (asked.get() == 1) {
                    response.setStatusCode(503).end();
                } else {
                    response.end(MATRIX);
                }
            }
            case "endless" -> flood(response.setChunked(true));
            default -> {}
        }
    }

    private static String mode(String path) {
        return path.substring(1, path.indexOf('/', 1));
    }

    private static String result(String type, String result) {
        return "{\"status\":\"success\",\"data\":{\"resultType\":\"%s\",\"result\":%s}}"
                .formatted(type, result);
    }

    private static void flood(HttpServerResponse response) {
        response.write(Buffer.buffer("x".repeat(65536))).onSuccess(_ -> flood(response));
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private PrometheusSettings at(String path) {
        return PrometheusSettings.of(
                        String.format(Locale.ROOT, "http://127.0.0.1:%d/%s/", port, path))
                .limits(
                        new Limits(
                                Duration.ofSeconds(10),
                                2,
                                Duration.ofMillis(1),
                                4,
                                50,
                                4,
                                Duration.ofMinutes(10)))
                .bodyBytesMax(300_000);
    }

    private Outcome ask(PrometheusSettings settings) {
        try (var client = new PrometheusClient(vertx, "prometheus", settings, registry)) {
            return client.query("up[15s]", 1763903600);
        }
    }

    private void fails(String path, Kind kind, String... words) {
        var outcome = ask(at(path));
        assertThat(outcome).as(path).isInstanceOf(Failed.class);
        if (outcome instanceof Failed(var seen, var why)) {
            assertThat(seen).as(path).isEqualTo(kind);
            assertThat(why).contains(words);
        }
    }

    @Test
    void samplesComeWithTheirTimesAndNumbersWithTheirNames() {
        assertThat(ask(at("good"))).isInstanceOf(Found.class);
        if (ask(at("good")) instanceof Found(var series, _)) {
            assertThat(series).extracting(s -> s.name()).containsExactly("a", "b");
            assertThat(series.getFirst().times()).containsExactly(10.5, 25.5);
            assertThat(series.getFirst().values()).containsExactly(1, Double.NaN);
            assertThat(series.getFirst().labels()).containsEntry("le", "+Inf");
            assertThat(series.getLast().values()).containsExactly(Double.POSITIVE_INFINITY);
        }
        assertThat(ask(at("empty"))).isEqualTo(new Found(List.of()));
        assertThat(first(ask(at("time")))).isEqualTo(1763903600.5);
        assertThat(first(ask(at("vector")))).isEqualTo(3);
    }

    private static double first(Outcome outcome) {
        return outcome instanceof Found(var series, _) ? series.getFirst().values()[0] : Double.NaN;
    }

    @Test
    void whatIsNoAnswerIsToldApartAndSaysWhatToDo() {
        fails("html", Kind.NO_PROMETHEUS, "looks like HTML", "Sign in", "check the URL");
        fails("login", Kind.NO_PROMETHEUS, "HTTP 302", "/sign-in;", "credentials");
        fails("cut", Kind.NO_PROMETHEUS, "no whole JSON");
        fails("closed", Kind.UNAUTHORIZED, "HTTP 401 and says \"no\"", "a bearer token, or a user");
        fails("tenant", Kind.UNAUTHORIZED, "says \"no org id\"", "X-Scope-OrgID");
        fails("basic", Kind.UNAUTHORIZED, "HTTP 401", "requires a user and password");
        fails("tls", Kind.NO_PROMETHEUS, "it speaks https; write https://");
        fails("limited", Kind.PARTIAL, "not whole: results limited, max_fetch");
        fails("elsewhere", Kind.NO_PROMETHEUS, "HTTP 404", "path prefix");
        fails("wrong", Kind.REFUSED, "parse error at char 3");
        fails("partial", Kind.PARTIAL, "not whole", "store b is down");
        fails("busy", Kind.BUSY, "HTTP 503");
        fails("endless", Kind.TOO_LARGE, "longer than 300000 bytes");
        var nobody = ask(PrometheusSettings.of("http://127.0.0.1:1").limits(at("").limits()));
        assertThat(nobody).isInstanceOf(Failed.class);
        assertThat(nobody.toString()).contains("UNREACHABLE").contains("cannot be reached");
    }

    @Test
    void aSilentOneIsLateAndNotWaitedForLonger() {
        var outcome = ask(at("silent").limits(at("").limits().timeout(Duration.ofMillis(200))));

        assertThat(outcome)
                .isEqualTo(
                        new Failed(
                                Kind.LATE,
                                "http://127.0.0.1:%d/silent did not answer within 200 ms"
                                        .formatted(port)));
    }

    @Test
    void onlyWhatMayPassIsTriedAgain() {
        assertThat(ask(at("once"))).isInstanceOf(Found.class);
        assertThat(asked.getAndSet(0)).isEqualTo(2);
        ask(at("closed"));
        assertThat(asked.get()).isEqualTo(1);
    }

    @Test
    void aSourceThatKeepsFailingIsLeftAloneAndAllOfItIsInTheMetrics() {
        try (var client = new PrometheusClient(vertx, "main", at("busy"), registry)) {
            client.time();
            client.time();
            int before = asked.get();
            var outcome = client.time();

            assertThat(outcome.toString())
                    .contains("LEFT_ALONE")
                    .contains("not queried for 600 s; the last failure: ")
                    .contains("HTTP 503");
            assertThat(asked.get()).isEqualTo(before);
            assertThat(
                            registry.get("resilience4j.circuitbreaker.state")
                                    .tags("name", "main", "state", "open")
                                    .gauge()
                                    .value())
                    .isEqualTo(1);
            for (String name :
                    List.of(
                            "resilience4j.retry.calls",
                            "resilience4j.bulkhead.max.allowed.concurrent.calls",
                            "resilience4j.timelimiter.calls")) {
                assertThat(registry.find(name).tag("name", "main").meters()).as(name).isNotEmpty();
            }
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void theTokenIsAskedForEachTime() {
        var number = new AtomicInteger();
        try (var client =
                new PrometheusClient(
                        vertx,
                        "p",
                        at("good").bearer(() -> "secret" + number.incrementAndGet() + "\n"),
                        registry)) {
            client.time();
            assertThat(authorization).isEqualTo("Bearer secret1");
            client.time();
            assertThat(authorization).isEqualTo("Bearer secret2");
        }
        var unreadable =
                ask(
                        at("good")
                                .bearer(
                                        () -> {
                                            throw new IllegalStateException("no such file");
                                        }));
        assertThat(unreadable.toString()).contains("UNAUTHORIZED").contains("no such file");
    }

    @Test
    void aServerThatRepeatsASecretDoesNotMakeItSeen() {
        var access =
                Access.OPEN
                        .as(new Access.Basic("reader", () -> "pa55word"))
                        .header("X-Scope-OrgID", () -> "team-secret");
        var outcome = ask(at("echo").access(access));
        assertThat(authorization).isEqualTo("Basic cmVhZGVyOnBhNTV3b3Jk");
        assertThat(tenant).isEqualTo("team-secret");
        assertThat(outcome.toString())
                .contains(
                        "says \"Basic *** of *** may not\"; the user or password is not accepted");
    }

    @Test
    void settingsThatCannotBeRightAreRefused() {
        assertThatThrownBy(() -> PrometheusSettings.of("prometheus:9090"))
                .hasMessageContaining("must be like http://host:9090");
        assertThatThrownBy(() -> new Selectors("prefill", "pod=\"d\"", ""))
                .hasMessageContaining("selector of prefill (prefill) must be label matchers");
        assertThatThrownBy(() -> new Selectors("{a=\"1\"}", "a=\"1\"", ""))
                .hasMessageContaining("must differ");
        assertThat(new Selectors(" {a=\"1\",} ", "a=\"2\"", " ").prefill()).isEqualTo("a=\"1\"");
    }

    @Test
    void whoAsksWhileOthersDoWaitsForATurn() throws Exception {
        try (var client = new PrometheusClient(vertx, "prometheus", at("good"), registry);
                var askers = Executors.newVirtualThreadPerTaskExecutor()) {
            var outcomes = new ArrayList<CompletableFuture<Outcome>>();
            for (int i = 0; i < 100; i++) {
                outcomes.add(
                        CompletableFuture.supplyAsync(
                                () -> client.query("up[15s]", 1763903600), askers));
            }
            for (var outcome : outcomes) {
                assertThat(outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(Found.class);
            }
        }
    }
}
