package dev.ratematch.cli.live;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A store with the query API of a Prometheus and pods of vLLM under a steady load in it. Knows the
/// few expressions that are asked for, by their documentation.
final class Shelf implements AutoCloseable {

    private static final double INTERVAL = 15;
    private static final double[] TOKENS = {1, 100, 1000, 2000, 5000, 10_000};
    private static final double[] SECONDS = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5};
    private static final Pattern RANGE = Pattern.compile("^\\{(.*)}\\[(\\d+)s]$");
    private static final Pattern COUNT =
            Pattern.compile("^count\\s*(?:by \\(([^)]*)\\) )?\\((.*)\\)$");
    private static final Pattern SUM =
            Pattern.compile("^sum by \\([^)]*\\) \\(\\{__name__=\"kube_pod_[a-z_]+\".*}\\)$");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|=)\"((?:[^\"])*)\"");

    /// A pod, scraped every 15 s.
    ///
    /// @param name of the pod
    /// @param model that it serves
    /// @param outputTokens a request; 1 for prefill
    record Pod(String name, String model, double rate, double outputTokens) {}

    private final Vertx vertx = Vertx.vertx();
    private final List<Pod> pods = new ArrayList<>();
    private final double start = System.currentTimeMillis() / 1e3 - 7200;
    private double lateSeconds;
    private String prefix = "";
    private final Map<String, Integer> requests = new TreeMap<>();
    private final int port;

    Shelf() {
        port =
                Town.await(
                                // One query names every metric that is known.
                                vertx.createHttpServer(
                                                new HttpServerOptions().setMaxFormAttributeSize(-1))
                                        .requestHandler(this::answer)
                                        .listen(0, "127.0.0.1"))
                        .actualPort();
    }

    /// Puts so many pods of each role in, with 10 requests/s in all.
    Shelf with(int prefill, int decode, String model) {
        for (int i = 0; i < prefill; i++) {
            pods.add(new Pod("prefill-" + i, model, 10.0 / prefill, 1));
        }
        for (int i = 0; i < decode; i++) {
            pods.add(new Pod("decode-" + i, model, 10.0 / decode, 400));
        }
        return this;
    }

    /// Lets kube-state-metrics tell that a pod requests so many GPUs.
    Shelf requesting(String pod, int gpus) {
        requests.put(pod, gpus);
        return this;
    }

    /// Makes samples visible that late.
    Shelf late(double seconds) {
        lateSeconds = seconds;
        return this;
    }

    /// Serves the API under a path.
    Shelf under(String path) {
        prefix = path;
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    private void answer(HttpServerRequest request) {
        if (!(prefix + "/api/v1/query").equals(request.path())) {
            request.response().setStatusCode(404).end("404 page not found");
            return;
        }
        request.setExpectMultipart(true)
                .endHandler(
                        _ -> {
                            String query = String.valueOf(request.getFormAttribute("query"));
                            String time = request.getFormAttribute("time");
                            double at =
                                    time == null
                                            ? System.currentTimeMillis() / 1e3
                                            : Double.parseDouble(time);
                            request.response()
                                    .end(
                                            "{\"status\":\"success\",\"data\":%s}"
                                                    .formatted(data(query, at)));
                        });
    }

    private String data(String query, double at) {
        if (query.equals("time()")) {
            return "{\"resultType\":\"scalar\",\"result\":[%s,\"%s\"]}".formatted(num(at), num(at));
        }
        var range = RANGE.matcher(query);
        if (range.matches()) {
            double back = Double.parseDouble(range.group(2));
            return result(
                    "matrix",
                    found(range.group(1), at - back, at).entrySet().stream()
                            .map(
                                    e ->
                                            "{\"metric\":%s,\"values\":[%s]}"
                                                    .formatted(e.getKey(), e.getValue()))
                            .toList());
        }
        if (SUM.matcher(query).matches()) {
            return result("vector", requested(at));
        }
        var count = COUNT.matcher(query);
        if (!count.matches()) {
            throw new IllegalArgumentException("not understood: " + query);
        }
        String inside = count.group(2);
        String matchers =
                inside.startsWith("{")
                        ? inside.substring(1, inside.length() - 1)
                        : "__name__=\"%s\"".formatted(inside);
        var groups = new TreeMap<String, Integer>();
        for (var labels : series(matchers, at - 300, at)) {
            var by = new LinkedHashMap<String, String>();
            for (String label : (count.group(1) == null ? "" : count.group(1)).split(",", -1)) {
                if (labels.containsKey(label)) {
                    by.put(label, labels.get(label));
                }
            }
            groups.merge(json(by), 1, Integer::sum);
        }
        return result(
                "vector",
                groups.entrySet().stream()
                        .map(
                                e ->
                                        "{\"metric\":%s,\"value\":[%s,\"%d\"]}"
                                                .formatted(e.getKey(), num(at), e.getValue()))
                        .toList());
    }

    private List<String> requested(double at) {
        return requests.entrySet().stream()
                .map(
                        e ->
                                "{\"metric\":{\"namespace\":\"llm\",\"pod\":\"%s\"},\"value\":[%s,\"%d\"]}"
                                        .formatted(e.getKey(), num(at), e.getValue()))
                .toList();
    }

    private static String result(String type, List<String> rows) {
        return "{\"resultType\":\"%s\",\"result\":[%s]}".formatted(type, String.join(",", rows));
    }

    private List<Map<String, String>> series(String matchers, double from, double to) {
        var all = new ArrayList<Map<String, String>>();
        for (var pod : pods) {
            if (!ticks(from, to).isEmpty()) {
                samples(pod, to).keySet().stream().filter(l -> fits(l, matchers)).forEach(all::add);
            }
        }
        return all;
    }

    private Map<String, String> found(String matchers, double from, double to) {
        var rows = new LinkedHashMap<String, String>();
        for (var pod : pods) {
            for (double tick : ticks(from, to)) {
                samples(pod, tick)
                        .forEach(
                                (labels, value) -> {
                                    if (fits(labels, matchers)) {
                                        rows.merge(
                                                json(labels),
                                                "[%s,\"%s\"]".formatted(num(tick), num(value)),
                                                (a, b) -> a + "," + b);
                                    }
                                });
            }
        }
        return rows;
    }

    private List<Double> ticks(double from, double to) {
        double until = Math.min(to, System.currentTimeMillis() / 1e3 - lateSeconds);
        var ticks = new ArrayList<Double>();
        for (double t = Math.floor(from / INTERVAL + 1) * INTERVAL; t <= until; t += INTERVAL) {
            ticks.add(t);
        }
        return ticks;
    }

    private static boolean fits(Map<String, String> labels, String matchers) {
        var each = MATCHER.matcher(matchers);
        while (each.find()) {
            String have = labels.getOrDefault(each.group(1), "");
            boolean fits =
                    each.group(2).equals("=")
                            ? have.equals(each.group(3))
                            : have.matches(each.group(3));
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static String json(Map<String, String> labels) {
        return labels.entrySet().stream()
                .map(e -> "\"%s\":\"%s\"".formatted(e.getKey(), e.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String num(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private Map<Map<String, String>, Double> samples(Pod pod, double at) {
        double n = Math.floor(pod.rate() * (at - start));
        boolean prefill = pod.outputTokens() <= 1;
        var into = new LinkedHashMap<Map<String, String>, Double>();
        put(into, pod, "up", 1, "");
        put(into, pod, "vllm:num_requests_running", prefill ? 1 : 20, "");
        put(into, pod, "vllm:num_requests_waiting", 0, "");
        put(into, pod, "vllm:kv_cache_usage_perc", 0.2, "");
        put(into, pod, "vllm:prefix_cache_queries_total", n * 3000, "");
        put(into, pod, "vllm:prefix_cache_hits_total", 0, "");
        put(into, pod, "vllm:prompt_tokens_total", n * 3000, "");
        put(into, pod, "vllm:generation_tokens_total", n * pod.outputTokens(), "");
        var config = labels(pod, "vllm:cache_config_info", "");
        config.put("num_gpu_blocks", "60000");
        config.put("block_size", "16");
        into.put(config, 1.0);
        var ended = labels(pod, "vllm:request_success_total", "");
        ended.put("finished_reason", prefill ? "length" : "stop");
        into.put(ended, n);
        histogram(into, pod, "vllm:request_prompt_tokens", TOKENS, 3000, n);
        histogram(into, pod, "vllm:request_generation_tokens", TOKENS, pod.outputTokens(), n);
        histogram(into, pod, "vllm:time_to_first_token_seconds", SECONDS, prefill ? 0.15 : 0.03, n);
        if (!prefill) {
            histogram(into, pod, "vllm:inter_token_latency_seconds", SECONDS, 0.011, n * 399);
        }
        return into;
    }

    private static void histogram(
            Map<Map<String, String>, Double> into,
            Pod pod,
            String name,
            double[] bounds,
            double mean,
            double n) {
        for (double bound : bounds) {
            put(into, pod, name + "_bucket", mean <= bound ? n : 0, num(bound));
        }
        put(into, pod, name + "_bucket", n, "+Inf");
        put(into, pod, name + "_sum", mean * n, "");
        put(into, pod, name + "_count", n, "");
    }

    private static void put(
            Map<Map<String, String>, Double> into, Pod pod, String name, double value, String le) {
        into.put(labels(pod, name, le), value);
    }

    private static Map<String, String> labels(Pod pod, String name, String le) {
        var labels = new TreeMap<String, String>();
        labels.put("__name__", name);
        labels.put("namespace", "llm");
        labels.put("pod", pod.name());
        labels.put("instance", pod.name() + ":8000");
        if (!name.equals("up")) {
            labels.put("model_name", pod.model());
        }
        if (!le.isEmpty()) {
            labels.put("le", le);
        }
        return labels;
    }

    @Override
    public void close() {
        Town.await(vertx.close());
    }
}
