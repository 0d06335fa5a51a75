package dev.ratematch.controller.roleswitch.engine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.ratematch.controller.roleswitch.Reply.Answer;
import dev.ratematch.controller.telemetry.prometheus.Access;
import dev.ratematch.controller.telemetry.scrape.BoundedBody;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One request to one engine, and what came of it.
final class EngineHttp implements AutoCloseable {

    /// Largest body taken: SGLang's `/server_info` lists every launch argument, some 20 kB.
    static final int BODY_BYTES_MAX = 1 << 20;

    /// Before a question is asked again that found no connection: a listener that is just opening.
    private static final long AGAIN_MILLIS = 100;

    /// Of an engine's own words in ours.
    private static final int SHOWN_CHARS = 200;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx;
    private final WebClient client;
    private final EngineSettings settings;

    /// What came of a request.
    ///
    /// @param status of HTTP; 0 where there was no answer
    /// @param json the body; missing where it is no JSON
    /// @param text the answer or its failure for people, secrets taken out
    record Got(int status, JsonNode json, String text) {

        /// What an engine says that did not look at the request: the key is wrong, or it has no
        /// such path, or not for this method; null where it looked.
        @Nullable Answer refusedAtTheDoor() {
            return switch (status) {
                case 401, 403 -> Answer.UNAUTHORISED;
                case 404, 405 -> Answer.NOT_OFFERED;
                default -> null;
            };
        }
    }

    EngineHttp(Vertx vertx, EngineSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
        var options =
                new WebClientOptions()
                        .setUserAgent("ratematch")
                        // A key is for the engine and for nobody that it points to.
                        .setFollowRedirects(false)
                        .setDecompressionSupported(true)
                        .setConnectTimeout((int) settings.readTimeout().toMillis());
        if (!settings.access().caPem().isBlank()) {
            options.setTrustOptions(
                    new PemTrustOptions().addCertValue(Buffer.buffer(settings.access().caPem())));
        }
        this.client = WebClient.create(vertx, options);
    }

    /// A question; asked twice where no connection came about.
    Future<Got> get(String url) {
        return once(HttpMethod.GET, url, null, settings.readTimeout())
                .recover(
                        first ->
                                first instanceof IOException
                                        ? vertx.timer(AGAIN_MILLIS, MILLISECONDS)
                                                .compose(_ -> question(url))
                                        : Future.failedFuture(first))
                .otherwise(e -> failed(url, e, settings.readTimeout()));
    }

    private Future<Got> question(String url) {
        return once(HttpMethod.GET, url, null, settings.readTimeout());
    }

    /// An order; given once.
    Future<Got> post(String url, Map<String, Object> body, Duration timeout) {
        return once(HttpMethod.POST, url, body, timeout).otherwise(e -> failed(url, e, timeout));
    }

    private Future<Got> once(
            HttpMethod method, String url, @Nullable Map<String, Object> body, Duration timeout) {
        Map<String, String> headers;
        HttpRequest<String> request;
        Buffer sent;
        try {
            headers = settings.access().sent();
            request =
                    client.requestAbs(method, url)
                            .timeout(timeout.toMillis())
                            .putHeader(HttpHeaders.ACCEPT.toString(), "application/json")
                            .as(BoundedBody.codec(BODY_BYTES_MAX));
            headers.forEach(request::putHeader);
            sent = body == null ? null : Buffer.buffer(JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException | RuntimeException e) {
            return Future.failedFuture(e);
        }
        var answer =
                sent == null
                        ? request.send()
                        : request.putHeader("Content-Type", "application/json").sendBuffer(sent);
        return answer.timeout(timeout.toMillis(), MILLISECONDS)
                .map(response -> got(url, response, List.copyOf(headers.values())));
    }

    private Got got(String url, HttpResponse<String> response, List<String> secrets) {
        String body = response.body() == null ? "" : response.body();
        var json = json(body);
        String words = json.path("message").asText(json.path("detail").asText(body));
        return new Got(
                response.statusCode(),
                json,
                "%s answers HTTP %d: %s"
                        .formatted(
                                Access.concealedUrl(url),
                                response.statusCode(),
                                shown(settings.access().conceal(words, secrets))));
    }

    private static JsonNode json(String body) {
        try {
            var node = JSON.readTree(body);
            return node == null ? MissingNode.getInstance() : node;
        } catch (JsonProcessingException _) {
            return MissingNode.getInstance();
        }
    }

    private static String shown(String words) {
        String line = words.strip().replaceAll("\\p{Cntrl}+", " ");
        if (line.isEmpty()) {
            return "(nothing)";
        }
        return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "…";
    }

    private Got failed(String url, Throwable cause, Duration timeout) {
        String at = Access.concealedUrl(url);
        boolean late =
                cause instanceof TimeoutException
                        || cause.getClass().getSimpleName().contains("Timeout");
        String why =
                late
                        ? "%s did not answer within %d ms".formatted(at, timeout.toMillis())
                        : "%s cannot be asked: %s"
                                .formatted(at, shown(String.valueOf(cause.getMessage())));
        return new Got(0, MissingNode.getInstance(), settings.access().conceal(why, List.of()));
    }

    @Override
    public void close() {
        client.close();
    }
}
