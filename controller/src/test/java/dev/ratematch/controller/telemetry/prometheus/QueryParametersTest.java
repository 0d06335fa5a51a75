package dev.ratematch.controller.telemetry.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is sent along with every query.
class QueryParametersTest {

    private final Vertx vertx = Vertx.vertx();
    private final List<String> forms = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private String asked(Map<String, String> parameters) throws Exception {
        int port =
                await(
                                vertx.createHttpServer()
                                        .requestHandler(
                                                r ->
                                                        r.bodyHandler(
                                                                body -> {
                                                                    forms.add(body.toString());
                                                                    r.response().end("{}");
                                                                }))
                                        .listen(0, "127.0.0.1"))
                        .actualPort();
        var settings = PrometheusSettings.of("http://127.0.0.1:" + port).parameters(parameters);
        try (var client =
                new PrometheusClient(vertx, "asked", settings, new SimpleMeterRegistry())) {
            client.query("up", 7);
        }
        return forms.getLast();
    }

    /// A scrape that Thanos puts together of two replicas has counters of both.
    @Test
    void replicasAreAskedForOneByOneUnlessSomebodySaysOtherwise() throws Exception {
        assertThat(asked(Map.of())).isEqualTo("query=up&time=7.000&dedup=false");
        assertThat(asked(Map.of("dedup", "true", "partial_response", "false")))
                .contains("dedup=true", "partial_response=false")
                .doesNotContain("dedup=false");
    }
}
