package dev.ratematch.dashboards.console;

import dev.ratematch.controller.publish.LimitedServer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.TimeUnit;

/// A server of nothing but a console.
public final class ConsoleServer implements AutoCloseable {

    /// Two event loops serve fifty readers; a console is not what a machine is for.
    private static final VertxOptions SMALL =
            new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(2);

    private static final long STOP_SECONDS = 5;

    private final Vertx vertx = Vertx.vertx(new VertxOptions(SMALL));
    private final LimitedServer server;
    private final String host;

    /// A server that is open when this returns.
    ///
    /// @param host address to listen on; one that others reach needs a console with a token
    /// @param port to listen on; 0 for any
    /// @throws IllegalArgumentException if others could reach it without a token
    /// @throws IllegalStateException if it cannot listen there
    public ConsoleServer(Console console, Access access, String host, int port) {
        if (access.token() == null && !Access.loopback(host)) {
            throw new IllegalArgumentException(
                    ("--console-host (%s) can be reached from other machines; also give "
                                    + "a token with --console-token-file or RATEMATCH_CONSOLE_TOKEN.")
                            .formatted(host));
        }
        this.host = host;
        this.server =
                LimitedServer.listening(
                        vertx,
                        host,
                        port,
                        request -> {
                            if (!console.answer(request)) {
                                Replies.problem(request, 404, "Page not found.");
                            }
                        });
    }

    /// Where it is, for people.
    public String url() {
        return "http://%s:%d/".formatted(host, server.port());
    }

    /// The port that is listened on.
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
        try {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(STOP_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (RuntimeException e) {
            // It ends with the process.
        }
    }
}
