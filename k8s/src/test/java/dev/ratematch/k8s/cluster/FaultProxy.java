package dev.ratematch.k8s.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands between one client and the API server and makes its answers bad for as long as a test
/// wants. Plain HTTP on the client's side; whoever comes is the user of the certificate that the
/// proxy was given. Watches are long answers, since it takes no web sockets.
public final class FaultProxy implements AutoCloseable {

    private static final int POOL = 500;
    private static final long SLOW_MILLIS = 4000;
    private static final long START_SECONDS = 20;
    private static final Set<String> OF_ONE_HOP =
            Set.of("host", "connection", "upgrade", "http2-settings", "transfer-encoding");

    /// What goes wrong.
    public enum Fault {
        /// Nothing.
        NONE,
        /// 429 with Retry-After, as priority and fairness answers.
        TOO_MANY,
        /// 500.
        ERROR,
        /// 503.
        UNAVAILABLE,
        /// Right answers, seconds later.
        SLOW,
        /// Connections end without an answer, those of open watches too.
        CUT
    }

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient upstream;
    private final HttpServer server;
    private final Set<HttpConnection> watches = ConcurrentHashMap.newKeySet();
    private final AtomicInteger injected = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;

    /// A proxy before the API server that a configuration names, with its certificate.
    public FaultProxy(Config config) {
        var url = URI.create(config.getMasterUrl());
        upstream =
                vertx.createHttpClient(
                        new HttpClientOptions()
                                .setDefaultHost(url.getHost())
                                .setDefaultPort(url.getPort())
                                .setSsl(true)
                                .setKeyCertOptions(
                                        new PemKeyCertOptions()
                                                .addCertPath(config.getClientCertFile())
                                                .addKeyPath(config.getClientKeyFile()))
                                .setTrustOptions(
                                        new PemTrustOptions().addCertPath(config.getCaCertFile())),
                        new PoolOptions().setHttp1MaxSize(POOL));
        server =
                vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
                        .requestHandler(this::handle);
        try {
            var _ =
                    server.listen(0, "127.0.0.1")
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(START_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("The proxy does not start.", e);
        }
    }

    /// For clients that are to go through the proxy.
    public Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.actualPort())
                .build();
    }

    /// From now on this goes wrong.
    public void inject(Fault next) {
        injected.set(0);
        fault = next;
        if (next == Fault.CUT) {
            watches.forEach(HttpConnection::close);
        }
    }

    /// Requests that went wrong since the last change.
    public int injected() {
        return injected.get();
    }

    private void handle(HttpServerRequest request) {
        if ("websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            request.response().end(); // what makes the client ask again without one
            return;
        }
        var now = fault;
        if (now != Fault.NONE) {
            injected.incrementAndGet();
        }
        switch (now) {
            case NONE -> request.body().onSuccess(body -> forward(request, body));
            case SLOW ->
                    request.body()
                            .onSuccess(
                                    body ->
                                            vertx.setTimer(
                                                    SLOW_MILLIS, _ -> forward(request, body)));
            case TOO_MANY -> {
                request.response().putHeader("Retry-After", "1");
                refuse(request, 429);
            }
            case ERROR -> refuse(request, 500);
            case UNAVAILABLE -> refuse(request, 503);
            case CUT -> request.connection().close();
        }
    }

    private static void refuse(HttpServerRequest request, int code) {
        request.response()
                .setStatusCode(code)
                .putHeader("Content-Type", "application/json")
                .end(
                        """
                        {"kind":"Status","apiVersion":"v1","status":"Failure","code":%d,
                        "message":"injected"}"""
                                .formatted(code));
    }

    private void forward(HttpServerRequest request, Buffer body) {
        upstream.request(new RequestOptions().setMethod(request.method()).setURI(request.uri()))
                .compose(
                        out -> {
                            request.headers()
                                    .forEach(
                                            (name, value) -> {
                                                if (passes(name)) {
                                                    out.putHeader(name, value);
                                                }
                                            });
                            return out.send(body);
                        })
                .onSuccess(answer -> answer(request, answer))
                .onFailure(_ -> request.connection().close());
    }

    private void answer(HttpServerRequest request, HttpClientResponse answer) {
        var connection = request.connection();
        if (String.valueOf(request.query()).contains("watch=true")) {
            watches.add(connection);
            connection.closeHandler(
                    _ -> {
                        watches.remove(connection);
                        answer.request().reset();
                    });
        }
        var response = request.response().setStatusCode(answer.statusCode());
        answer.headers()
                .forEach(
                        (name, value) -> {
                            if (passes(name)) {
                                response.putHeader(name, value);
                            }
                        });
        if (answer.getHeader("Content-Length") == null) {
            response.setChunked(true);
        }
        answer.pipeTo(response).onFailure(_ -> connection.close());
    }

    private static boolean passes(String header) {
        return !OF_ONE_HOP.contains(header.toLowerCase(Locale.ROOT));
    }

    @Override
    public void close() {
        vertx.close();
    }
}
