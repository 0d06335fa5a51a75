package dev.ratematch.controller.host;

import dev.ratematch.controller.telemetry.Exposition;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One port at which engines serve their pages (at `/p`, `/d`, `/f`) and a Prometheus answers from
/// what it has scraped of them, well or badly.
final class FaultyStage {

    /// How its answers are bad.
    enum Fault {
        NONE,
        SILENT,
        HTML,
        UNAUTHORIZED,
        EMPTY,
        ENDLESS,
        /// Nothing of the prefill pods.
        WITHOUT_PREFILL
    }

    /// When the other clock begins, seconds since 1970.
    static final double EPOCH = 1.7e9;

    private static final Pattern RANGE = Pattern.compile("role=\"(\\w)\".*\\[(\\d+)s]");

    final AtomicLong flooded = new AtomicLong();
    final Map<String, String> pages = new ConcurrentHashMap<>();
    volatile Fault fault = Fault.NONE;

    /// The time there, seconds.
    private volatile double now = EPOCH;

    /// How far its clock has been set ahead.
    private volatile double setAhead;

    private final Vertx vertx;
    private final Map<Map<String, String>, TreeMap<Double, Double>> series = new LinkedHashMap<>();
    private final int port;
    private @Nullable HttpServer server;

    FaultyStage(Vertx vertx) throws Exception {
        this.vertx = vertx;
        this.port = open(0);
    }

    /// It is so late, as long as nobody sets the clock.
    void clock(double seconds) {
        now = seconds + setAhead;
    }

    /// Somebody sets the clock.
    void setClock(double ahead) {
        setAhead = ahead;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    private int open(int wanted) throws Exception {
        var opened =
                await(
                        vertx.createHttpServer(
                                        new HttpServerOptions().setMaxFormAttributeSize(1 << 20))
                                .requestHandler(this::handle)
                                .listen(wanted, "127.0.0.1"));
        server = opened;
        return opened.actualPort();
    }

    void kill() throws Exception {
        if (server != null) {
            await(server.close());
        }
        server = null;
    }

    void restart() throws Exception {
        if (server == null) {
            var _ = open(port);
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /// Prometheus takes every page.
    synchronized void scrape(double due) {
        double at = due + setAhead;
        pages.forEach(
                (role, body) -> {
                    for (var sample : Exposition.parse(body).samples()) {
                        var labels = new HashMap<>(sample.series().labels());
                        labels.put("__name__", sample.series().name());
                        put(labels, role, at, sample.value());
                    }
                    put(new HashMap<>(Map.of("__name__", "up")), role, at, 1);
                });
    }

    private void put(Map<String, String> labels, String role, double at, double value) {
        labels.put("role", role);
        labels.put("pod", role + "1");
        labels.put("instance", role + "1:8000");
        series.computeIfAbsent(labels, _ -> new TreeMap<>()).put(at, value);
    }

    private void handle(HttpServerRequest request) {
        var response = request.response();
        String path = String.valueOf(request.path());
        switch (fault) {
            case SILENT -> {}
            case HTML -> response.end("<!DOCTYPE html><html><title>Sign in</title></html>");
            case UNAUTHORIZED -> response.setStatusCode(401).end("no");
            case ENDLESS -> flood(response.setChunked(true));
            default -> {
                if (path.startsWith("/api/")) {
                    request.setExpectMultipart(true).endHandler(_ -> response.end(answer(request)));
                } else if (fault == Fault.WITHOUT_PREFILL && path.equals("/p")) {
                    response.setStatusCode(503).end();
                } else {
                    response.end(
                            fault == Fault.EMPTY ? "" : pages.getOrDefault(path.substring(1), ""));
                }
            }
        }
    }

    private void flood(HttpServerResponse response) {
        var block = Buffer.buffer("x 1\n".repeat(1 << 14));
        response.write(block)
                .onSuccess(
                        _ -> {
                            flooded.addAndGet(block.length());
                            flood(response);
                        });
    }

    private String answer(HttpServerRequest request) {
        String query = String.valueOf(request.getFormAttribute("query"));
        if (query.equals("time()")) {
            return result("scalar", new JsonArray().add(now).add(Double.toString(now)));
        }
        var range = RANGE.matcher(query);
        if (!range.find()) {
            return result("vector", new JsonArray());
        }
        boolean nothing =
                fault == Fault.EMPTY
                        || (fault == Fault.WITHOUT_PREFILL && range.group(1).equals("p"));
        double at = Double.parseDouble(String.valueOf(request.getFormAttribute("time")));
        return result(
                "matrix",
                nothing
                        ? new JsonArray()
                        : matrix(range.group(1), at - Double.parseDouble(range.group(2)), at));
    }

    private synchronized JsonArray matrix(String role, double from, double to) {
        var matrix = new JsonArray();
        series.forEach(
                (labels, samples) -> {
                    var values = new JsonArray();
                    samples.subMap(from, false, to, true)
                            .forEach((t, v) -> values.add(new JsonArray().add(t).add(number(v))));
                    if (!values.isEmpty() && role.equals(labels.get("role"))) {
                        matrix.add(new JsonObject().put("metric", labels).put("values", values));
                    }
                });
        return matrix;
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "NaN" : Double.toString(value);
    }

    private static String result(String type, JsonArray result) {
        return new JsonObject()
                .put("status", "success")
                .put("data", new JsonObject().put("resultType", type).put("result", result))
                .encode();
    }
}
