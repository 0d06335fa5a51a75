package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.k8s.api.RateMatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a Secret holds is sent to the store and told to nobody: no status, event, metric or log has
/// it, whatever the store makes of it.
class CredentialsTest {

    private static final int GPUS = 6;
    private static final String PASSWORD = "Pa1-s3cr\"et/of<us>";
    private static final String TENANT = "Te2-s3cret-tenant";
    private static final String TOKEN = "To3-s3cret" + "abcdefgh".repeat(30);

    private final Vertx vertx = Vertx.vertx();
    private final FakeCluster cluster = new FakeCluster();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static String echo(HttpServerRequest request) {
        var text = new StringBuilder();
        request.headers().forEach((name, value) -> text.append(value).append(' '));
        return text.toString();
    }

    private int listen(Handler<HttpServerRequest> handler) throws Exception {
        return vertx.createHttpServer()
                .requestHandler(handler)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .actualPort();
    }

    private static RateMatcher matcher(String prometheus) {
        return Looks.matcher(
                Manifests.matcher("Recommend", GPUS)
                        .replace(
                                "{interval: 1s}",
                                "{interval: 1s, prometheus: %s}".formatted(prometheus)));
    }

    /// All that anybody can read of two runs.
    private String seen(RateMatcher matcher) {
        var printed = new ByteArrayOutputStream();
        var out = System.out;
        var err = System.err;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            var session =
                    cluster.session(
                            (m, spec, fleet, percentile, interval) ->
                                    Sources.reader(cluster, m, spec, fleet, percentile, interval),
                            Reads.Background.NONE,
                            matcher);
            var now = Instant.parse("2026-11-01T00:00:00Z");
            session.run(matcher, now);
            session.run(matcher, now.plusSeconds(30));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return String.join(
                "\n",
                Serialization.asYaml(cluster.status()),
                String.join("\n", cluster.told),
                registry.getMetersAsString(),
                printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whatASecretHoldsIsSentAndToldToNobody() throws Exception {
        cluster.deploy("prefill", 2);
        cluster.deploy("decode", 2);
        cluster.secrets.put("store/password", PASSWORD);
        cluster.secrets.put("store/tenant", TENANT);
        cluster.secrets.put("store/token", TOKEN);
        cluster.stores = settings -> new PrometheusClient(vertx, "p", settings, registry);
        List<Handler<HttpServerRequest>> outcomes =
                List.of(
                        r -> r.response().setStatusCode(401).end(echo(r)),
                        r -> r.response().setStatusCode(500).end("<p>" + echo(r) + "</p>"),
                        r -> r.response().end(echo(r)),
                        r ->
                                r.response()
                                        .end(
                                                "{\"status\":\"error\",\"error\":\"%s\"}"
                                                        .formatted(echo(r).replace("\"", "\\\""))));
        for (var outcome : outcomes) {
            int port = listen(outcome);
            for (String who :
                    List.of(
                            "basicAuth: {username: reader, passwordSecret: {name: store, key: password}}",
                            "bearerTokenSecret: {name: store, key: token}")) {
                String seen =
                        seen(
                                matcher(
                                        "{url: \"http://127.0.0.1:%d\", %s, headers: [{name: X-Scope-OrgID, valueSecret: {name: store, key: tenant}}]}"
                                                .formatted(port, who)));
                assertThat(seen)
                        .contains("TELEMETRY_UNKNOWN", "***")
                        .doesNotContain("Pa1-s3c", "Te2-s3c", "To3-s3c")
                        .doesNotContain(
                                Base64.getEncoder()
                                        .encodeToString(
                                                ("reader:" + PASSWORD)
                                                        .getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    @Test
    void aPasswordInTheUrlIsRefusedWithoutIt() {
        cluster.deploy("prefill", 2);
        cluster.deploy("decode", 2);
        for (String url :
                List.of(
                        "http://reader:Pa1-s3cret@host:9090",
                        "reader:Pa1-s3cret@host:9090",
                        "http://reader:a/Pa1-s3cret@host",
                        "http://reader:a Pa1-s3cret@host")) {
            assertThat(seen(matcher("{url: \"%s\"}".formatted(url))))
                    .contains("SpecInvalid")
                    .doesNotContain("Pa1-s3c");
        }
    }

    @Test
    void aSecretThatIsMissingIsSaidBeforeAnythingIsAsked() {
        cluster.deploy("prefill", 2);
        cluster.deploy("decode", 2);
        for (String who :
                List.of(
                        "basicAuth: {username: reader, passwordSecret: {name: none, key: k}}",
                        "bearerTokenSecret: {name: none, key: k}",
                        "headers: [{name: X-Scope-OrgID, valueSecret: {name: none, key: k}}]",
                        "caSecret: {name: none, key: k}")) {
            assertThat(seen(matcher("{url: \"http://127.0.0.1:1\", %s}".formatted(who))))
                    .contains("SecretMissing", "Secret none");
        }
    }
}
