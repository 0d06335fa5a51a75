package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.plant.Cluster;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlantServerTest {

    private static final long SECOND = 1_000_000_000L;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient browser = HttpClient.newHttpClient();
    private final ExposedCluster exposed = new ExposedCluster(Shows.plant(), Shows.trace());
    private final Cluster cluster = exposed.cluster();
    private PlantServer server;
    private HttpHost host;

    @BeforeEach
    void open() {
        cluster.scale(Role.PREFILL, 2);
        cluster.scale(Role.DECODE, 3);
        cluster.runUntil(40 * SECOND);
        server = new PlantServer(vertx, exposed);
        host = new HttpHost(vertx, server.apiUrl());
    }

    @AfterEach
    void close() {
        host.close();
        server.close();
        PlantServer.await(vertx.close());
        browser.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        return server.away(
                () -> {
                    try {
                        return browser.send(
                                request.timeout(Duration.ofSeconds(20)).build(),
                                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private HttpResponse<String> get(String url) {
        return send(HttpRequest.newBuilder(URI.create(url)));
    }

    private HttpResponse<String> put(String path, String body) {
        return send(
                HttpRequest.newBuilder(URI.create(server.apiUrl() + path))
                        .PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void servesEveryPodTheVeryBytesThatItSaysInProcess() {
        var targets = server.away(host::targets);

        assertThat(targets).hasSize(6);
        assertThat(targets).extracting(t -> t.url()).doesNotHaveDuplicates();
        for (var target : targets) {
            String inProcess =
                    target.pod().equals("frontend")
                            ? exposed.scrapeFrontend()
                            : String.valueOf(exposed.scrape(target.pod()));
            var answer = get(target.url());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(inProcess).contains("# TYPE");
            assertThat(answer.headers().firstValue("content-type").orElse(""))
                    .startsWith("text/plain; version=0.0.4");
        }
    }

    @Test
    void opensThePortOfAPodThatBeginsAndClosesThatOfOneThatGoes() {
        var before = server.away(host::targets);
        server.away(
                () -> {
                    host.scale(Role.PREFILL, 1);
                    host.scale(Role.DECODE, 4);
                    return true;
                });
        assertThat(server.away(() -> host.counts(Role.DECODE)).starting()).isEqualTo(1);

        cluster.runUntil(200 * SECOND);
        server.refresh();
        var after = server.away(host::targets);

        var gone = before.stream().filter(t -> !after.contains(t)).toList();
        var come = after.stream().filter(t -> !before.contains(t)).toList();
        assertThat(gone).hasSize(1);
        assertThat(come).hasSize(1);
        assertThat(get(come.getFirst().url()).body()).isEqualTo(exposed.scrape("decode-5"));
        assertThatThrownBy(() -> get(gone.getFirst().url()))
                .hasCauseInstanceOf(ConnectException.class);
    }

    @Test
    void scalesOnRequestAndReadsBackByState() {
        var answer = put("/scale/decode", "{\"replicas\":4}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"role\":\"decode\",\"replicas\":4,\"ready\":3,\"starting\":1,"
                                + "\"pending\":0,\"draining\":0}\n");
        var counts = server.away(() -> host.counts(Role.DECODE));
        assertThat(counts.desired()).isEqualTo(4);
        assertThat(counts.ready()).isEqualTo(3);
        assertThat(counts.starting()).isEqualTo(1);
    }

    @Test
    void refusesBadInputByNameAndValueAndLeavesTheFleetAlone() {
        assertRefused(put("/scale/prefill", "replicas=3"), 400, "replicas=3", "is not JSON");
        assertRefused(put("/scale/prefill", "{}"), 400, "replicas is missing");
        assertRefused(put("/scale/prefill", ""), 400, "replicas is missing");
        assertRefused(put("/scale/prefill", "{\"replicas\":-1}"), 400, "replicas (-1)", "0 to 8");
        assertRefused(put("/scale/prefill", "{\"replicas\":2.5}"), 400, "replicas (2.5)");
        assertRefused(put("/scale/prefill", "{\"replicas\":99}"), 400, "16 GPUs hold", "of 2");
        assertRefused(put("/scale/router", "{\"replicas\":1}"), 404, "role (router)", "decode");
        assertRefused(get(server.apiUrl() + "/nothing"), 404, "path (/nothing)", "/pods");
        assertRefused(put("/pods", "{}"), 405, "Use GET");
        assertThat(get(server.frontendUrl() + "x").statusCode()).isEqualTo(404);

        assertThat(cluster.fleet(Role.PREFILL).desired()).isEqualTo(2);
        assertThat(cluster.fleet(Role.DECODE).desired()).isEqualTo(3);
        assertThatThrownBy(
                        () ->
                                server.away(
                                        () -> {
                                            host.scale(Role.DECODE, 100);
                                            return true;
                                        }))
                .hasMessageContaining("HTTP 400")
                .hasMessageContaining("replicas (100)");
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String... parts) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains("\"error\"").contains(parts);
    }
}
