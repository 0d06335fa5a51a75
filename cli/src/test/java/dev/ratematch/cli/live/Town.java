package dev.ratematch.cli.live;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Segment;
import dev.ratematch.harness.traffic.Trace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A simulated cluster that lives on wall time behind one HTTP port, a path for each pod. Faults
/// are planted into what a path answers, and every request is remembered.
final class Town implements AutoCloseable {

    static final List<String> SERVICE =
            List.of(
                    "--model=llama-3.1-70b",
                    "--gpu=b200",
                    "--precision=nvfp4",
                    "--ttft=2s",
                    "--itl=30ms",
                    "--gpus=16",
                    "--prefill-parallel=tp2",
                    "--decode-parallel=tp2");

    private static final long SECOND = 1_000_000_000L;
    private static final int PAST_SECONDS = 120;
    private static final int TRACE_SECONDS = 1200;
    private static final int RATE = 14;

    private final Vertx vertx = Vertx.vertx();
    private final @Nullable Cluster cluster;
    private final long began = System.nanoTime();
    private final Map<String, Supplier<String>> bodies = new ConcurrentHashMap<>();
    private final Map<String, UnaryOperator<String>> faults = new ConcurrentHashMap<>();
    private final int port;

    /// Method and path of every request, in order.
    final List<String> requests = new CopyOnWriteArrayList<>();

    /// Nothing answers but what is put in.
    Town() {
        this.cluster = null;
        this.port = listen();
    }

    /// A cluster of so many replicas, after two minutes of traffic.
    Town(int prefill, int decode) {
        var exposed = cluster(prefill, decode);
        var simulated = exposed.cluster();
        simulated.runUntil(PAST_SECONDS * SECOND);
        this.cluster = simulated;
        this.port = listen();
        for (var role : Role.values()) {
            for (String pod : simulated.podNames(role)) {
                put(pod, () -> String.valueOf(exposed.scrape(pod)));
            }
        }
        put("frontend", exposed::scrapeFrontend);
    }

    /// A cluster of so many replicas on 16 GPUs, at the beginning of its traffic.
    static ExposedCluster cluster(int prefill, int decode) {
        var tp2 = MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp2");
        var exposed = new ExposedCluster(PlantSettings.of(tp2, tp2, 16), trace());
        exposed.cluster().scale(Role.PREFILL, prefill);
        exposed.cluster().scale(Role.DECODE, decode);
        return exposed;
    }

    private static Trace trace() {
        var requests = new ArrayList<Request>();
        for (int n = 0; n < RATE * TRACE_SECONDS; n++) {
            int spread = n * 7919 % 1000;
            requests.add(
                    new Request(n * SECOND / RATE, 250 + spread / 2, 350 + spread, Request.NONE));
        }
        long end = TRACE_SECONDS * SECOND;
        return new Trace("steady", requests, end, List.of(new Segment("steady", 0, end)));
    }

    private int listen() {
        return await(vertx.createHttpServer().requestHandler(this::answer).listen(0, "127.0.0.1"))
                .actualPort();
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void answer(HttpServerRequest request) {
        String path = String.valueOf(request.path());
        requests.add(request.method() + " " + path);
        String pod = path.substring(1).replace("/metrics", "");
        var body = bodies.get(pod);
        if (body == null) {
            request.response().setStatusCode(503).end("Nobody is here.");
            return;
        }
        if (cluster != null) {
            cluster.runUntil(PAST_SECONDS * SECOND + System.nanoTime() - began);
        }
        var fault = faults.getOrDefault(pod, text -> text);
        request.response()
                .putHeader("content-type", "text/plain; version=0.0.4")
                .end(fault.apply(body.get()));
    }

    /// Lets a path answer.
    void put(String pod, Supplier<String> body) {
        bodies.put(pod, body);
    }

    /// Lets it answer no more.
    void remove(String pod) {
        bodies.remove(pod);
    }

    /// All that answers.
    List<String> pods() {
        return bodies.keySet().stream().sorted().toList();
    }

    /// Plants a fault.
    void spoil(String pod, UnaryOperator<String> fault) {
        faults.put(pod, fault);
    }

    int port() {
        return port;
    }

    String url(String pod) {
        return "http://127.0.0.1:%d/%s/metrics".formatted(port, pod);
    }

    /// The options that name these pods, by what their names begin with.
    List<String> direct() {
        var args = new ArrayList<String>();
        for (String pod : pods()) {
            String role = pod.startsWith("p") ? "prefill" : pod.startsWith("d") ? "decode" : "";
            args.add("--%s-url=%s".formatted(role.isEmpty() ? "frontend" : role, url(pod)));
        }
        return args;
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
