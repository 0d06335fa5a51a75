package dev.ratematch.harness.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.roleswitch.Protocol;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.roleswitch.FakeReply;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A cluster behind real endpoints on the loopback interface: `/metrics` on a port of its own for
/// every pod that serves and for the frontend, and an API with `GET /pods`, `GET /sd` (the same for
/// Prometheus' HTTP service discovery), `GET /scale/{role}` and `PUT /scale/{role}`.
///
/// The cluster belongs to the thread that made the server. Requests wait until that thread says
/// that it is away, so that nobody sees the cluster between two events.
public final class PlantServer implements AutoCloseable {

    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final long PATIENCE_SECONDS = 20;
    private static final String FRONTEND_PATH = "/metrics";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx;
    private final ExposedCluster exposed;
    private final ReentrantLock ownership = new ReentrantLock();
    private final Map<String, HttpServer> pods = new LinkedHashMap<>();
    private final Ports ports;
    private final @Nullable HttpServer frontend;
    private final HttpServer api;

    /// Null where nobody changes roles from outside.
    private final @Nullable PodRoles roles;

    /// Opens every endpoint that there is now, at free ports.
    public PlantServer(Vertx vertx, ExposedCluster exposed) {
        this(vertx, exposed, Ports.FREE);
    }

    /// The same at ports of one's choice.
    public PlantServer(Vertx vertx, ExposedCluster exposed, Ports ports) {
        this(vertx, exposed, ports, null);
    }

    /// The same with pods that change their role: by that protocol at the pods' ports, and by `PUT
    /// /pods/{pod}` of the API for the label that requests are routed by.
    public PlantServer(
            Vertx vertx, ExposedCluster exposed, Ports ports, @Nullable Protocol roleSwitch) {
        this.roles = roleSwitch == null ? null : new PodRoles(exposed.cluster(), roleSwitch);
        this.vertx = vertx;
        this.exposed = exposed;
        this.ports = ports;
        ownership.lock();
        this.api = await(listen(ports.api(), new ScaleApi(this, exposed.cluster(), roles)::handle));
        this.frontend =
                exposed.dialect().frontend() == Dialect.Frontend.NONE
                        ? null
                        : await(
                                listen(
                                        ports.frontend(),
                                        metrics(FRONTEND_PATH, exposed::scrapeFrontend)));
        refresh();
    }

    /// Lets requests in while `work` runs; the caller must leave the cluster alone in it.
    public <T> T away(Supplier<T> work) {
        ownership.unlock();
        try {
            return work.get();
        } finally {
            ownership.lock();
        }
    }

    /// Opens the ports of pods that began to serve, closes those of pods that have gone.
    public void refresh() {
        if (roles != null) {
            roles.tick();
        }
        var serving = new LinkedHashSet<String>();
        for (var role : Role.values()) {
            serving.addAll(exposed.cluster().podNames(role));
        }
        var gone = new ArrayList<Future<Void>>();
        for (var open : List.copyOf(pods.entrySet())) {
            if (!serving.contains(open.getKey())) {
                gone.add(open.getValue().close());
                pods.remove(open.getKey());
            }
        }
        if (roles != null) {
            roles.keep(serving);
        }
        await(Future.join(gone));
        var opening = new LinkedHashMap<String, Future<HttpServer>>();
        for (var pod : serving) {
            if (!pods.containsKey(pod)) {
                opening.put(pod, listen(ports.pod(pod), pod(pod)));
                if (roles != null) {
                    roles.add(pod);
                }
            }
        }
        opening.forEach((pod, server) -> pods.put(pod, await(server)));
    }

    private Future<HttpServer> listen(int port, Handler<HttpServerRequest> handler) {
        return vertx.createHttpServer()
                .requestHandler(handler)
                .listen(port, ports.host())
                .recover(
                        e ->
                                Future.failedFuture(
                                        new IllegalStateException(
                                                "port %d of %s cannot be opened: %s"
                                                        .formatted(
                                                                port, ports.host(), e.getMessage()),
                                                e)));
    }

    /// What one pod serves: its metrics, and where it can change its role the endpoints for that.
    private Handler<HttpServerRequest> pod(String pod) {
        var page = metrics(podPath(), () -> exposed.scrape(pod));
        var own = roles;
        if (own == null) {
            return page;
        }
        return request -> {
            String path = String.valueOf(request.path());
            if (path.equals(podPath()) || path.equals(FRONTEND_PATH)) {
                page.handle(request);
                return;
            }
            request.body()
                    .compose(
                            body ->
                                    inTurn(
                                            () ->
                                                    Optional.ofNullable(
                                                            own.answer(
                                                                    pod,
                                                                    request.method().name(),
                                                                    path,
                                                                    body.toString(UTF_8)))))
                    .compose(
                            answer ->
                                    answer.isEmpty()
                                            ? Future.succeededFuture(FakeReply.NOT_FOUND)
                                            : Future.fromCompletionStage(answer.get()))
                    .onSuccess(
                            reply ->
                                    request.response()
                                            .setStatusCode(reply.status())
                                            .putHeader("content-type", "application/json")
                                            .end(reply.json()))
                    .onFailure(e -> request.response().setStatusCode(500).end(e + "\n"));
        };
    }

    private String podPath() {
        return exposed.dialect().engine().metricsPath();
    }

    private static boolean isJson(String path) {
        return !path.equals(FRONTEND_PATH);
    }

    /// Serves one page. trtllm-serve answers at `/metrics` too, and with something else.
    private Handler<HttpServerRequest> metrics(String path, Supplier<@Nullable String> body) {
        return request -> {
            if (isJson(path) && FRONTEND_PATH.equals(request.path())) {
                request.response().putHeader("content-type", "application/json").end("[]");
                return;
            }
            if (!path.equals(request.path())) {
                request.response()
                        .setStatusCode(404)
                        .end("Only %s is served here.\n".formatted(path));
                return;
            }
            inTurn(() -> Optional.ofNullable(body.get()))
                    .onSuccess(
                            text -> {
                                var response = request.response();
                                if (text.isEmpty()) {
                                    response.setStatusCode(503).end("The pod has gone.\n");
                                } else {
                                    response.putHeader("content-type", METRICS_TYPE)
                                            .end(text.get());
                                }
                            })
                    .onFailure(e -> request.response().setStatusCode(500).end(e + "\n"));
        };
    }

    /// Runs on a worker when the owner is away.
    <T> Future<T> inTurn(Supplier<T> work) {
        var promise = Promise.<T>promise();
        vertx.executeBlocking(
                () -> {
                    ownership.lock();
                    try {
                        promise.complete(work.get());
                    } catch (RuntimeException e) {
                        promise.fail(e);
                    } finally {
                        ownership.unlock();
                    }
                    return true;
                },
                false);
        return promise.future();
    }

    /// Where a pod's metrics are; absent when it has no open port.
    @Nullable String url(String pod) {
        var server = pods.get(pod);
        return server == null ? null : url(server) + podPath();
    }

    /// Where the frontend's metrics are; null where there is no frontend.
    public @Nullable String frontendUrl() {
        return frontend == null ? null : url(frontend) + FRONTEND_PATH;
    }

    /// Where the scale API is, without a slash at the end.
    public String apiUrl() {
        return url(api);
    }

    private String url(HttpServer server) {
        return "http://%s:%d".formatted(ports.host(), server.actualPort());
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "Waiting for the simulated cluster was interrupted.", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "The simulated cluster's HTTP side failed: "
                            + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        }
    }

    /// Closes every port.
    @Override
    public void close() {
        var closing = new ArrayList<Future<Void>>();
        pods.values().forEach(server -> closing.add(server.close()));
        pods.clear();
        if (frontend != null) {
            closing.add(frontend.close());
        }
        closing.add(api.close());
        try {
            await(Future.join(closing));
        } finally {
            ownership.unlock();
        }
    }
}
