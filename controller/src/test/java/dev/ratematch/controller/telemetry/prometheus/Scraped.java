package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// Samples that scrapers took of vLLM pods, as a store gives them out. Times in seconds.
public final class Scraped implements PrometheusSource {

    public static final double UNTIL = 120;
    private static final double INTERVAL = 15;
    private static final Pattern RANGE = Pattern.compile("\\[(\\d+)s]$");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)=~?\"([^\"]*)\"");

    private final Map<Map<String, String>, TreeMap<Double, Double>> series = new LinkedHashMap<>();

    /// One engine under a steady load since its start.
    public record Engine(double requestsPerSecond, double startedAt) {}

    /// Labels of a target, given as name and value in turn.
    static Map<String, String> labels(String... pairs) {
        var labels = new HashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) {
            labels.put(pairs[i], pairs[i + 1]);
        }
        return labels;
    }

    /// A target of an engine, scraped so long after the full quarter of a minute, and its `up`.
    public Scraped target(Engine engine, double offset, String... labels) {
        return target(engine, offset, true, labels);
    }

    /// The same, with or without `up`, as a federation has it.
    public Scraped target(Engine engine, double offset, boolean withUp, String... labels) {
        for (double at = offset; at <= UNTIL; at += INTERVAL) {
            double n = Math.floor(engine.requestsPerSecond * (at - engine.startedAt));
            put("vllm:num_requests_running", at, 7, labels("engine", "0"), labels);
            put("vllm:num_requests_waiting", at, 1, labels("engine", "0"), labels);
            for (String reason : List.of("stop", "length", "abort")) {
                double count = reason.equals("abort") ? 0 : Math.floor(n / 2);
                var own = labels("engine", "0", "finished_reason", reason);
                put("vllm:request_success_total", at, count, own, labels);
            }
            for (String le : List.of("100", "1000", "+Inf")) {
                double count = le.equals("100") ? Math.floor(n / 3) : n;
                var own = labels("engine", "0", "le", le);
                put("vllm:request_generation_tokens_bucket", at, count, own, labels);
            }
            put("vllm:request_prompt_tokens_sum", at, 500 * n, labels("engine", "0"), labels);
            put("vllm:request_prompt_tokens_count", at, n, labels("engine", "0"), labels);
            put("vllm:request_generation_tokens_sum", at, 90 * n, labels("engine", "0"), labels);
            put("vllm:request_generation_tokens_count", at, n, labels("engine", "0"), labels);
            put("vllm:generation_tokens_total", at, 90 * n, labels("engine", "0"), labels);
            if (withUp) {
                put("up", at, 1, Map.of(), labels);
            }
        }
        return this;
    }

    /// A target that does not answer, since so many seconds before the end.
    public Scraped mute(double seconds, String... labels) {
        return up(UNTIL - seconds, UNTIL, 0, labels);
    }

    /// What its scraper said of a target over some time.
    public Scraped up(double from, double to, double value, String... labels) {
        for (double at = from; at <= to; at += INTERVAL) {
            put("up", at, value, Map.of(), labels);
        }
        return this;
    }

    private void put(
            String name, double at, double value, Map<String, String> own, String... target) {
        var all = new HashMap<>(own);
        all.putAll(labels(target));
        all.put("__name__", name);
        series.computeIfAbsent(all, _ -> new TreeMap<>()).put(at, value);
    }

    /// The same under other names, or without some that become empty.
    public Scraped renamed(UnaryOperator<String> names) {
        var other = new Scraped();
        series.forEach(
                (labels, samples) -> {
                    String name = labels.getOrDefault("__name__", "");
                    String now = name.equals("up") ? name : names.apply(name);
                    if (!now.isEmpty()) {
                        var all = new HashMap<>(labels);
                        all.put("__name__", now);
                        other.series.put(all, samples);
                    }
                });
        return other;
    }

    @Override
    public Outcome time() {
        return new Found(
                List.of(new RawSeries(Map.of(), new double[] {UNTIL}, new double[] {UNTIL})));
    }

    /// Understands `{matchers}[range]` and counts of them.
    @Override
    public Outcome query(String expression, double at) {
        var range = RANGE.matcher(expression);
        double from = range.find() ? at - Double.parseDouble(range.group(1)) : at - 300;
        boolean counted = expression.startsWith("count");
        var found = new ArrayList<RawSeries>();
        series.forEach(
                (labels, samples) -> {
                    var inside = samples.subMap(from, false, at, true);
                    if (!inside.isEmpty() && fits(expression, labels)) {
                        found.add(counted ? counted(labels) : series(labels, inside));
                    }
                });
        return new Found(found);
    }

    private static boolean fits(String expression, Map<String, String> labels) {
        var matcher = MATCHER.matcher(expression);
        boolean fits = true;
        while (matcher.find()) {
            fits &= labels.getOrDefault(matcher.group(1), "").matches(matcher.group(2));
        }
        return fits;
    }

    private static RawSeries counted(Map<String, String> labels) {
        return new RawSeries(labels, new double[] {UNTIL}, new double[] {1});
    }

    private static RawSeries series(Map<String, String> labels, Map<Double, Double> samples) {
        return new RawSeries(
                labels,
                samples.keySet().stream().mapToDouble(t -> t).toArray(),
                samples.values().stream().mapToDouble(v -> v).toArray());
    }

    /// All of it, or what is called `up`.
    List<RawSeries> series(boolean onlyUp) {
        var all = new ArrayList<RawSeries>();
        series.forEach(
                (labels, samples) -> {
                    var recent = onlyUp ? samples : samples.tailMap(0.0, true);
                    if (!onlyUp || "up".equals(labels.get("__name__"))) {
                        all.add(series(labels, recent));
                    }
                });
        return all;
    }

    /// What a ledger makes of it at once.
    List<PodScrape> latest(PodLedger ledger) {
        var all = series(false);
        if (PodLedger.mute(all)) {
            ledger.recall(series(true));
        }
        double newest = PodLedger.newest(all);
        var latest = ledger.latest(ledger.round(all, new PodLedger.Moment(0, newest, false)));
        return latest.stream().sorted(Comparator.comparing(PodScrape::pod)).toList();
    }
}
