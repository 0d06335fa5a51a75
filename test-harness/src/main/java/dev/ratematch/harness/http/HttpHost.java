package dev.ratematch.harness.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The fleet behind a plant's API, as our controller's host sees it. Waits; not for event loops.
public final class HttpHost implements Fleet, AutoCloseable {

    private static final int OK = 200;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WebClient client;
    private final String apiUrl;

    /// A client of that API.
    public HttpHost(Vertx vertx, String apiUrl) {
        this.client = WebClient.create(vertx, new WebClientOptions().setUserAgent("ratematch"));
        this.apiUrl = apiUrl;
    }

    /// Every endpoint that serves metrics now.
    public List<Target> targets() {
        var targets = new ArrayList<Target>();
        for (var pod : read(client.getAbs(apiUrl + "/pods").send())) {
            var source = Source.valueOf(pod.path("role").asText().toUpperCase(Locale.ROOT));
            targets.add(new Target(source, pod.path("pod").asText(), pod.path("url").asText()));
        }
        return targets;
    }

    @Override
    public FleetCounts counts(Role role) {
        return counts(read(client.getAbs(scaleUrl(role)).send()));
    }

    @Override
    public void scale(Role role, int replicas) {
        var body = Buffer.buffer(JSON.createObjectNode().put("replicas", replicas).toString());
        read(client.putAbs(scaleUrl(role)).sendBuffer(body));
    }

    private String scaleUrl(Role role) {
        return apiUrl + "/scale/" + role.label();
    }

    private static FleetCounts counts(JsonNode node) {
        return new FleetCounts(
                node.path("replicas").asInt(),
                node.path("ready").asInt(),
                node.path("starting").asInt(),
                node.path("pending").asInt(),
                node.path("draining").asInt(),
                0);
    }

    private static JsonNode read(Future<HttpResponse<Buffer>> call) {
        var response = PlantServer.await(call);
        String body = response.bodyAsString();
        try {
            var node = JSON.readTree(body);
            if (response.statusCode() != OK) {
                throw new IllegalStateException(
                        "The scale API answers HTTP %d: %s"
                                .formatted(response.statusCode(), node.path("error").asText()));
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The scale API answers no JSON: " + body, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
