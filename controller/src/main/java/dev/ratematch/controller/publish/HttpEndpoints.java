package dev.ratematch.controller.publish;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// `/metrics` for Prometheus, `/healthz` and `/readyz` for the kubelet. Whoever takes gzip, as
/// Prometheus does, gets it: of many objects the text is long, and says nearly the same of each.
public final class HttpEndpoints implements AutoCloseable {

    private static final long START_SECONDS = 10;

    private final HttpServer server;

    /// Endpoints on somebody's event loops, open when this returns.
    ///
    /// @param port to listen on; 0 for any
    public HttpEndpoints(
            Vertx vertx,
            int port,
            PrometheusMeterRegistry registry,
            BooleanSupplier healthy,
            BooleanSupplier ready) {
        server =
                vertx.createHttpServer(new HttpServerOptions().setCompressionSupported(true))
                        .requestHandler(request -> answer(request, registry, healthy, ready));
        try {
            server.listen(port)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while listening.", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "port (%d) cannot be listened on: %s; give another, or 0 for any."
                            .formatted(port, e.getMessage()),
                    e);
        }
    }

    private static void answer(
            HttpServerRequest request,
            PrometheusMeterRegistry registry,
            BooleanSupplier healthy,
            BooleanSupplier ready) {
        switch (String.valueOf(request.path())) {
            case "/metrics" ->
                    request.response()
                            .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                            .end(registry.scrape());
            case "/healthz" -> state(request, healthy.getAsBoolean());
            case "/readyz" -> state(request, ready.getAsBoolean());
            default -> request.response().setStatusCode(404).end();
        }
    }

    private static void state(HttpServerRequest request, boolean good) {
        request.response().setStatusCode(good ? 200 : 503).end(good ? "ok\n" : "not yet\n");
    }

    /// The port that is listened on.
    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        server.close();
    }
}
