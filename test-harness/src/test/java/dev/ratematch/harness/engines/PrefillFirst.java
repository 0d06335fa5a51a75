package dev.ratematch.harness.engines;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.HttpURLConnection;

/// A proxy before one vLLM that prefills and one that decodes: a completion goes to prefill for one
/// token, and then to decode with what prefill answers about where its KV lies. What a pod refuses
/// goes back as it is.
final class PrefillFirst implements AutoCloseable {

    /// To each pod; more requests than ever run at once, so that none waits here.
    private static final int CONNECTIONS = 256;

    private static final String KV = "kv_transfer_params";

    private final HttpClientAgent http;
    private final HttpServer server;
    private final int prefillPort;
    private final int decodePort;

    private PrefillFirst(Vertx vertx, int prefillPort, int decodePort) {
        this.http =
                vertx.createHttpClient(
                        new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        this.server = vertx.createHttpServer().requestHandler(this::serve);
        this.prefillPort = prefillPort;
        this.decodePort = decodePort;
    }

    /// Starts one on a free port of loopback.
    static PrefillFirst start(Vertx vertx, int prefillPort, int decodePort) {
        var proxy = new PrefillFirst(vertx, prefillPort, decodePort);
        proxy.server.listen(0, Processes.LOOPBACK).await();
        return proxy;
    }

    String url() {
        return "http://%s:%d".formatted(Processes.LOOPBACK, server.actualPort());
    }

    private void serve(HttpServerRequest request) {
        var answer = request.response();
        request.body()
                .compose(body -> prefill(request.uri(), new JsonObject(body), answer))
                .onFailure(
                        e -> {
                            if (answer.headWritten()) {
                                answer.reset();
                            } else {
                                answer.setStatusCode(HttpURLConnection.HTTP_BAD_GATEWAY)
                                        .end(String.valueOf(e.getMessage()));
                            }
                        });
    }

    private Future<Void> prefill(String path, JsonObject asked, HttpServerResponse answer) {
        return post(prefillPort, path, toPrefill(asked))
                .compose(
                        first ->
                                first.statusCode() == HttpURLConnection.HTTP_OK
                                        ? first.body()
                                                .compose(body -> decode(path, asked, body, answer))
                                        : pass(first, answer));
    }

    private Future<Void> decode(
            String path, JsonObject asked, Buffer prefilled, HttpServerResponse answer) {
        var toDecode = toDecode(asked, new JsonObject(prefilled));
        return post(decodePort, path, toDecode).compose(second -> pass(second, answer));
    }

    private Future<HttpClientResponse> post(int port, String path, JsonObject body) {
        var options =
                new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost(Processes.LOOPBACK)
                        .setPort(port)
                        .setURI(path)
                        .putHeader("Content-Type", "application/json");
        return http.request(options).compose(request -> request.send(body.toBuffer()));
    }

    private static Future<Void> pass(HttpClientResponse from, HttpServerResponse to) {
        to.setStatusCode(from.statusCode()).setChunked(true);
        return from.pipeTo(to);
    }

    /// One token, at once, whose KV is to be kept for another engine.
    static JsonObject toPrefill(JsonObject asked) {
        return asked.copy()
                .put("max_tokens", 1)
                .put("stream", false)
                .put(
                        KV,
                        new JsonObject()
                                .put("do_remote_decode", true)
                                .put("do_remote_prefill", false));
    }

    /// All tokens, from the KV that prefill has kept; special ones are shown as well, so that who
    /// counts words misses none.
    static JsonObject toDecode(JsonObject asked, JsonObject prefilled) {
        return asked.copy().put("skip_special_tokens", false).put(KV, prefilled.getValue(KV));
    }

    @Override
    public void close() {
        server.close().await();
        http.close().await();
    }
}
