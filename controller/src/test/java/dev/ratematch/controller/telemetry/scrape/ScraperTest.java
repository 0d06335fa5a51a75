package dev.ratematch.controller.telemetry.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.resilience.Limits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
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

/// Against a real server on a free port.
class ScraperTest {

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger requests = new AtomicInteger();
    private int port;

    @BeforeEach
    void serve() throws Exception {
        HttpServer server =
                vertx.createHttpServer()
                        .requestHandler(
                                request -> {
                                    requests.incrementAndGet();
                                    var response = request.response();
                                    switch (String.valueOf(request.path())) {
                                        case "/metrics" ->
                                                response.end("m{a=\"\u00e9\"} 1\n", "UTF-8");
                                        case "/missing" -> response.setStatusCode(404).end("no");
                                        case "/endless" -> flood(response.setChunked(true));
                                        case "/drip" -> response.setChunked(true).write("m 1\n");
                                        default -> {}
                                    }
                                });
        port = await(server.listen(0, "127.0.0.1")).actualPort();
    }

    private static void flood(HttpServerResponse response) {
        response.write(Buffer.buffer("m 1\n".repeat(4096))).onSuccess(_ -> flood(response));
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private Target target(String pod, String path) {
        return new Target(
                Source.PREFILL,
                pod,
                String.format(Locale.ROOT, "http://127.0.0.1:%d%s", port, path));
    }

    @Test
    void answersComeInTheOrderOfTheTargetsAndFailuresStayAlone() {
        // Long, since those that answer must do so within it however busy the machine is.
        try (var scraper = new Scraper(vertx, Duration.ofSeconds(5), 100_000)) {
            var answers =
                    scraper.fetch(
                            List.of(
                                    target("silent", "/silent"),
                                    target("good", "/metrics"),
                                    target("missing", "/missing"),
                                    target("endless", "/endless"),
                                    target("drip", "/drip"),
                                    new Target(Source.DECODE, "refused", "http://127.0.0.1:1/"),
                                    new Target(Source.DECODE, "nonsense", "no url at all"),
                                    target("good2", "/metrics")));

            assertThat(answers)
                    .extracting(a -> a.target().pod())
                    .containsExactly(
                            "silent",
                            "good",
                            "missing",
                            "endless",
                            "drip",
                            "refused",
                            "nonsense",
                            "good2");
            assertThat(answers.get(0).error()).contains("did not answer within 5000 ms");
            assertThat(answers.get(1).body()).isEqualTo("m{a=\"\u00e9\"} 1\n");
            assertThat(answers.get(1).error()).isEmpty();
            assertThat(answers.get(2).error()).contains("HTTP 404").contains("port and path");
            assertThat(answers.get(3).error()).contains("longer than 100000 bytes");
            assertThat(answers.get(4).error()).contains("did not answer within 5000 ms");
            assertThat(answers.get(5).error()).contains("cannot be scraped");
            assertThat(answers.get(6).error()).contains("no url at all");
            assertThat(answers.get(7).body()).isNotEmpty();
            assertThat(answers).allMatch(a -> a.body().isEmpty() != a.error().isEmpty());
        }
    }

    @Test
    void onePodThatKeepsFailingIsLeftAloneTellsWhyAndCostsTheOthersNothing() {
        var registry = new SimpleMeterRegistry();
        var limits =
                new Limits(
                        Duration.ofSeconds(5),
                        1,
                        Duration.ofMillis(1),
                        100,
                        60,
                        3,
                        Duration.ofMinutes(1));
        try (var scraper = new Scraper(vertx, "fleet", limits, 100_000, registry)) {
            var targets = List.of(target("bad", "/missing"), target("good", "/metrics"));
            for (int round = 0; round < 3; round++) {
                assertThat(scraper.fetch(targets).getFirst().error()).contains("HTTP 404");
            }
            int asked = requests.get();
            var answers = scraper.fetch(targets);

            assertThat(answers.getFirst().error())
                    .contains("failed too often and is not queried for 60 s")
                    .contains("the last failure: http://127.0.0.1")
                    .contains("answers HTTP 404");
            assertThat(answers.getLast().body()).isNotEmpty();
            assertThat(requests.get()).isEqualTo(asked + 1);
            assertThat(registry.get("ratematch.sources.left.alone").gauge().value()).isEqualTo(1);
            assertThat(
                            registry.get("resilience4j.bulkhead.max.allowed.concurrent.calls")
                                    .tag("name", "fleet")
                                    .gauge()
                                    .value())
                    .isEqualTo(100);
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void roundsThatComeTogetherWaitForATurn() throws Exception {
        var limits =
                new Limits(
                        Duration.ofSeconds(20),
                        1,
                        Duration.ofMillis(1),
                        2,
                        60,
                        5,
                        Duration.ofMinutes(1));
        try (var scraper = new Scraper(vertx, "few", limits, 100_000, new SimpleMeterRegistry());
                var askers = Executors.newVirtualThreadPerTaskExecutor()) {
            var rounds = new ArrayList<CompletableFuture<List<Answer>>>();
            for (int i = 0; i < 50; i++) {
                rounds.add(
                        CompletableFuture.supplyAsync(
                                () -> scraper.fetch(List.of(target("good", "/metrics"))), askers));
            }
            for (var round : rounds) {
                assertThat(round.get(60, TimeUnit.SECONDS))
                        .allSatisfy(answer -> assertThat(answer.error()).isEmpty());
            }
        }
    }

    @Test
    void noTargetsAreNoAnswers() {
        try (var scraper = new Scraper(vertx, Duration.ofSeconds(1))) {
            assertThat(scraper.fetch(List.of())).isEmpty();
        }
    }

    @Test
    void aTimeoutOfNothingIsRefused() {
        assertThatThrownBy(() -> new Scraper(vertx, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout (PT0S) must be at least 1 ms");
    }
}
