package dev.ratematch.controller.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpEndpointsTest {

    private static final int OBJECTS = 200;
    private static final int SERIES = 70;

    private final Vertx vertx = Vertx.vertx();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @AfterEach
    void close() {
        vertx.close();
    }

    private HttpResponse<byte[]> metrics(String accepted) throws IOException, InterruptedException {
        try (var endpoints = new HttpEndpoints(vertx, 0, registry, () -> true, () -> true);
                var client = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:%d/metrics".formatted(endpoints.port()));
            return client.send(
                    HttpRequest.newBuilder(uri).header("Accept-Encoding", accepted).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    @Test
    void whoTakesGzipGetsTheMetricsOfManyObjectsSmall() throws Exception {
        for (int i = 0; i < OBJECTS; i++) {
            for (int s = 0; s < SERIES; s++) {
                double value = Math.sqrt(i * SERIES + s);
                Gauge.builder("ratematch.some.figure.number." + s, () -> value)
                        .tags(Tags.of("namespace", "llm-" + i, "ratematcher", "chat-" + i))
                        .register(registry);
            }
        }
        var plain = metrics("identity").body();
        var packed = metrics("gzip");

        assertThat(packed.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(packed.body().length).isLessThan(1_000_000).isLessThan(plain.length / 3);
        try (var text = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertThat(new String(text.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("ratematch_some_figure_number_69{namespace=\"llm-199\"");
        }
        assertThat(new String(plain, StandardCharsets.UTF_8)).contains("llm-199");
    }
}
