package dev.ratematch.harness.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.costmodel.text.Grid;
import dev.ratematch.costmodel.text.Look;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A verdict as people and programs read it.
///
/// @param traceName of the trace
/// @param requests in it, after scaling
/// @param durationSeconds of it
/// @param rateScale K of each segment, one for a trace of one piece
/// @param dispersionBefore index of dispersion of counts by bin in seconds, before scaling
/// @param dispersionAfter the same after it
/// @param seed of everything random
/// @param profile whose step times our controller believed in
public record Report(
        String traceName,
        int requests,
        double durationSeconds,
        List<Double> rateScale,
        Map<Integer, Double> dispersionBefore,
        Map<Integer, Double> dispersionAfter,
        long seed,
        Slo slo,
        int budgetGpus,
        String profile,
        double leadTimeSeconds,
        Judge.Verdict verdict) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TTFT = "TTFT p50/95/99 ms";
    private static final String ITL = "ITL p50/95/99 ms";

    /// Columns that all figures of a policy take beside one another.
    private static final int WIDE = 132;

    /// The report as one JSON object.
    public String json() {
        var root = JSON.createObjectNode();
        var trace = root.putObject("trace");
        trace.put("name", traceName);
        trace.put("requests", requests);
        trace.put("duration_s", durationSeconds);
        if (rateScale.size() == 1) {
            trace.put("rate_scale", rateScale.getFirst());
        } else {
            var scales = trace.putArray("rate_scale");
            rateScale.forEach(scales::add);
        }
        var dispersion = trace.putObject("dispersion");
        putDispersion(dispersion.putObject("before"), dispersionBefore);
        putDispersion(dispersion.putObject("after"), dispersionAfter);
        root.put("seed", seed);
        var promise = root.putObject("slo");
        promise.put("ttft_ms", 1000 * slo.ttftSeconds());
        promise.put("itl_ms", 1000 * slo.itlSeconds());
        promise.put("percentile", slo.percentile());
        root.put("budget_gpus", budgetGpus);
        root.put("profile", profile);
        root.put("lead_time_s", leadTimeSeconds);
        root.put("bound_over_static", verdict.boundOverStatic());
        var runs = root.putArray("runs");
        for (var outcome : verdict.runs()) {
            put(runs.addObject(), outcome);
        }
        return root.toString();
    }

    private static void putDispersion(ObjectNode node, Map<Integer, Double> values) {
        new TreeMap<>(values).forEach((bin, value) -> node.put(bin + "s", value));
    }

    private static void put(ObjectNode node, Outcome o) {
        node.put("policy", o.policy());
        node.put("offered", o.offered());
        node.put("good", o.good());
        node.put("completed", o.completed());
        node.put("unfinished", o.unfinished());
        node.put("rejected", o.rejected());
        node.put("dropped", o.dropped());
        node.put("attainment", o.attainment());
        node.put("goodput_rps", o.goodputRps());
        node.put("gpu_hours", o.gpuHours());
        node.put("moves", o.moves());
        node.put("thrash", o.thrash());
        if (o.adaptSeconds().isPresent()) {
            node.put("adapt_s", o.adaptSeconds().getAsDouble());
        } else {
            node.putNull("adapt_s");
        }
        put(node.putObject("ttft_ms"), o.ttft());
        put(node.putObject("itl_ms"), o.itl());
        var targets = node.putObject("targets");
        new TreeMap<>(o.targets()).forEach(targets::put);
    }

    private static void put(ObjectNode node, Outcome.Quantiles q) {
        put(node, "p50", q.p50());
        put(node, "p95", q.p95());
        put(node, "p99", q.p99());
    }

    private static void put(ObjectNode node, String name, double seconds) {
        if (Double.isFinite(seconds)) {
            node.put(name, 1000 * seconds);
        } else {
            node.putNull(name);
        }
    }

    /// The report as a table for a terminal. Where that has room, all latencies are in it; else
    /// they have a table of their own below.
    public String table(Look look) {
        var out = new StringBuilder();
        line(
                out,
                look,
                String.format(
                        Locale.ROOT,
                        "Trace %s: %d requests in %.0f s, %s",
                        traceName,
                        requests,
                        durationSeconds,
                        scaling()));
        line(
                out,
                look,
                String.format(
                        Locale.ROOT,
                        "SLO: TTFT %.0f ms, ITL %.0f ms at p%.0f; budget %d GPUs; lead time %.0f s;"
                                + " seed %d; model %s",
                        1000 * slo.ttftSeconds(),
                        1000 * slo.itlSeconds(),
                        slo.percentile(),
                        budgetGpus,
                        leadTimeSeconds,
                        seed,
                        profile));
        line(
                out,
                look,
                String.format(
                        Locale.ROOT,
                        "Anything could serve at most %.2f times as many as the best fixed split.",
                        verdict.boundOverStatic()));
        if (look.columns() >= WIDE) {
            out.append(runs(true).text(look));
        } else {
            out.append(runs(false).text(look)).append(System.lineSeparator());
            out.append(latencies().text(look));
        }
        for (var o : verdict.runs()) {
            if (!o.targets().isEmpty()) {
                line(
                        out,
                        look,
                        String.format(Locale.ROOT, "  %s with: %s", o.policy(), targets(o)));
            }
        }
        return out.toString();
    }

    private Grid runs(boolean latencies) {
        var header =
                new ArrayList<>(
                        List.of(
                                "policy", "good", "attain", "goodput", "unfin.", "drop.", "GPU-h",
                                "moves", "thrash", "adapt"));
        if (latencies) {
            header.addAll(List.of(TTFT, ITL));
        }
        var grid = new Grid(1, header.toArray(String[]::new));
        for (var o : verdict.runs()) {
            var row =
                    new ArrayList<>(
                            List.of(
                                    o.policy(),
                                    String.valueOf(o.good()),
                                    String.format(Locale.ROOT, "%.2f%%", 100 * o.attainment()),
                                    String.format(Locale.ROOT, "%.2f r/s", o.goodputRps()),
                                    String.valueOf(o.unfinished()),
                                    String.valueOf(o.dropped()),
                                    String.format(Locale.ROOT, "%.2f", o.gpuHours()),
                                    String.valueOf(o.moves()),
                                    String.valueOf(o.thrash()),
                                    adapt(o)));
            if (latencies) {
                row.addAll(List.of(millis(o.ttft(), "%.0f"), millis(o.itl(), "%.1f")));
            }
            grid.row(row.toArray(String[]::new));
        }
        return grid;
    }

    private Grid latencies() {
        var grid = new Grid(1, "policy", TTFT, ITL);
        for (var o : verdict.runs()) {
            grid.row(o.policy(), millis(o.ttft(), "%.0f"), millis(o.itl(), "%.1f"));
        }
        return grid;
    }

    private static void line(StringBuilder out, Look look, String text) {
        out.append(look.folded(List.of(text)));
    }

    static String adapt(Outcome o) {
        if (o.shifts() == 0) {
            return "-";
        }
        return o.adaptSeconds().isPresent()
                ? String.format(Locale.ROOT, "%.0f s", o.adaptSeconds().getAsDouble())
                : "never";
    }

    static String targets(Outcome o) {
        var text = new StringBuilder();
        new TreeMap<>(o.targets())
                .forEach(
                        (name, value) ->
                                text.append(text.isEmpty() ? "" : ", ")
                                        .append(name)
                                        .append(' ')
                                        .append(String.format(Locale.ROOT, "%.4g", value)));
        return text.toString();
    }

    static String millis(Outcome.Quantiles q, String format) {
        return Double.isNaN(q.p50())
                ? "-"
                : millis(q.p50(), format)
                        + "/"
                        + millis(q.p95(), format)
                        + "/"
                        + millis(q.p99(), format);
    }

    private static String millis(double seconds, String format) {
        return Double.isInfinite(seconds)
                ? "never"
                : String.format(Locale.ROOT, format, 1000 * seconds);
    }

    /// K, and the dispersion before and after it.
    String scaling() {
        return "Load: recorded rate x %s; burstiness (variance over mean of the counts in 1/10/60 s) %s, scaled %s"
                .formatted(scales(), dispersions(dispersionBefore), dispersions(dispersionAfter));
    }

    private String scales() {
        var text = new StringBuilder();
        for (double k : rateScale) {
            text.append(text.isEmpty() ? "" : ", ").append(String.format(Locale.ROOT, "%.2f", k));
        }
        return text.toString();
    }

    private static String dispersions(Map<Integer, Double> values) {
        var text = new StringBuilder();
        new TreeMap<>(values)
                .forEach(
                        (_, value) ->
                                text.append(text.isEmpty() ? "" : "/")
                                        .append(String.format(Locale.ROOT, "%.1f", value)));
        return text.toString();
    }
}
