package dev.ratematch.controller.publish;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.BooleanSupplier;

/// `/metrics` for Prometheus, `/healthz` and `/readyz` for the kubelet; what else is asked for is a
/// console's, where there is one. Whoever takes gzip, as Prometheus does, gets it: of many objects
/// the text is long, and says nearly the same of each.
public final class HttpEndpoints implements AutoCloseable {

    private final LimitedServer server;

    /// Endpoints on somebody's event loops, open when this returns.
    ///
    /// @param port to listen on; 0 for any
    public HttpEndpoints(
            Vertx vertx,
            int port,
            PrometheusMeterRegistry registry,
            BooleanSupplier healthy,
            BooleanSupplier ready) {
        this(vertx, port, registry, healthy, ready, ConsolePort.NONE);
    }

    /// The same with a console beside them.
    public HttpEndpoints(
            Vertx vertx,
            int port,
            PrometheusMeterRegistry registry,
            BooleanSupplier healthy,
            BooleanSupplier ready,
            ConsolePort console) {
        server =
                LimitedServer.listening(
                        vertx,
                        null,
                        port,
                        request -> answer(request, registry, healthy, ready, console));
    }

    private static void answer(
            HttpServerRequest request,
            PrometheusMeterRegistry registry,
            BooleanSupplier healthy,
            BooleanSupplier ready,
            ConsolePort console) {
        switch (String.valueOf(request.path())) {
            case "/metrics" ->
                    request.response()
                            .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                            .end(registry.scrape());
            case "/healthz" -> state(request, healthy.getAsBoolean());
            case "/readyz" -> state(request, ready.getAsBoolean());
            default -> {
                if (!console.answer(request)) {
                    request.response().setStatusCode(404).end();
                }
            }
        }
    }

    private static void state(HttpServerRequest request, boolean good) {
        request.response().setStatusCode(good ? 200 : 503).end(good ? "ok\n" : "not yet\n");
    }

    /// The port that is listened on.
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }
}
