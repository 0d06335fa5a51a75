package dev.ratematch.controller.publish;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An HTTP server that nobody can fill up: connections, request lines, headers and silence have
/// bounds. Whoever takes gzip gets it.
public final class LimitedServer implements AutoCloseable {

    private static final long START_SECONDS = 10;

    /// Twice the streams that a console serves, and then room for scrapes and probes.
    static final int CONNECTIONS_MAX = 320;

    /// Longer request lines and headers are none of ours.
    private static final int LINE_BYTES_MAX = 4096;

    private static final int HEADER_BYTES_MAX = 16_384;

    /// A connection that says nothing for so long is closed; a Prometheus that scrapes more rarely
    /// opens another.
    private static final int IDLE_SECONDS_MAX = 180;

    private final AtomicInteger connections = new AtomicInteger();
    private final HttpServer server;

    private LimitedServer(Vertx vertx, Handler<HttpServerRequest> handler) {
        this.server =
                vertx.createHttpServer(
                                new HttpServerOptions()
                                        .setCompressionSupported(true)
                                        .setMaxInitialLineLength(LINE_BYTES_MAX)
                                        .setMaxHeaderSize(HEADER_BYTES_MAX)
                                        .setIdleTimeout(IDLE_SECONDS_MAX))
                        .connectionHandler(this::admit)
                        .requestHandler(handler);
    }

    /// A server on somebody's event loops, open when this returns.
    ///
    /// @param host address to listen on; null for all of them
    /// @param port to listen on; 0 for any
    /// @throws IllegalStateException if it cannot listen there
    public static LimitedServer listening(
            Vertx vertx, @Nullable String host, int port, Handler<HttpServerRequest> handler) {
        var made = new LimitedServer(vertx, handler);
        var opening = host == null ? made.server.listen(port) : made.server.listen(port, host);
        try {
            opening.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while listening.", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "port (%d) cannot be opened: %s; choose another, or 0 for any free port."
                            .formatted(port, e.getMessage()),
                    e);
        }
        return made;
    }

    private void admit(HttpConnection connection) {
        if (connections.incrementAndGet() > CONNECTIONS_MAX) {
            connection.close();
        }
        connection.closeHandler(_ -> connections.decrementAndGet());
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
