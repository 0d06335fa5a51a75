package dev.ratematch.harness.roleswitch;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One fake behind a port of its own, in good order or not.
final class FakeHost implements AutoCloseable {

    private final HttpServer server;
    private final @Nullable RoleFake fake;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile String key = "";
    private volatile @Nullable Manner manner;

    /// How a server misbehaves.
    record Manner(int status, String body, boolean hangs) {
        static final Manner SILENT = new Manner(200, "", true);
    }

    /// @param fake null for a server that has none of its paths
    FakeHost(Vertx vertx, @Nullable RoleFake fake) {
        this.fake = fake;
        this.server =
                got(vertx.createHttpServer().requestHandler(this::handle).listen(0, "127.0.0.1"));
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    FakeHost wants(String apiKey) {
        key = apiKey;
        return this;
    }

    FakeHost with(Manner other) {
        manner = other;
        return this;
    }

    /// Method, path and body of each request that came.
    List<String> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    private void handle(HttpServerRequest request) {
        request.body().onSuccess(body -> answer(request, body.toString(StandardCharsets.UTF_8)));
    }

    private void answer(HttpServerRequest request, String body) {
        requests.add("%s %s %s".formatted(request.method(), request.path(), body).strip());
        var response = request.response();
        var bad = manner;
        if (bad != null) {
            if (!bad.hangs()) {
                response.setStatusCode(bad.status()).end(bad.body());
            }
        } else if (!key.isEmpty()
                && !("Bearer " + key).equals(request.getHeader("Authorization"))) {
            response.setStatusCode(401)
                    .end(
                            "{\"error\":\"Unauthorized: "
                                    + request.getHeader("Authorization")
                                    + "\"}");
        } else if (fake == null || !fake.has(String.valueOf(request.path()))) {
            response.setStatusCode(404).end("{\"detail\":\"Not Found\"}");
        } else {
            fake.tick();
            var _ =
                    fake.answer(request.method().name(), String.valueOf(request.path()), body)
                            .thenAccept(
                                    reply ->
                                            response.setStatusCode(reply.status())
                                                    .end(reply.json()));
        }
    }

    static <T> T got(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        got(server.close());
    }
}
