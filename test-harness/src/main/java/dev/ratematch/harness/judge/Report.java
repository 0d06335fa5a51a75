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
import java.util.function.Function;
import java.util.stream.Stream;

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

    /// Columns that all figures of a policy take beside one another.
    private static final int WIDE = 132;

    /// A column of the table.
    private record Shown(String heading, Function<Outcome, String> cell) {}

    /// How a policy did.
    private static final List<Shown> POLICY =
            List.of(
                    new Shown("good", o -> String.valueOf(o.good())),
                    new Shown(
                            "attain",
                            o -> String.format(Locale.ROOT, "%.2f%%", 100 * o.attainment())),
                    new Shown(
                            "goodput", o -> String.format(Locale.ROOT, "%.2f r/s", o.goodputRps())),
                    new Shown("GPU-h", o -> String.format(Locale.ROOT, "%.2f", o.gpuHours())),
                    new Shown("moves", o -> String.valueOf(o.moves())),
                    new Shown("thrash", o -> String.valueOf(o.thrash())),
                    new Shown("adapt", Report::adapt));

    /// What became of requests.
    private static final List<Shown> REQUESTS =
            List.of(
                    new Shown("unfin.", o -> String.valueOf(o.unfinished())),
                    new Shown("drop.", o -> String.valueOf(o.dropped())),
                    new Shown("TTFT p50/95/99 ms", o -> millis(o.ttft(), "%.0f")),
                    new Shown("ITL p50/95/99 ms", o -> millis(o.itl(), "%.1f")));

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

    /// The report as a table for a terminal. Where that has room, all figures are in one; else
    /// latencies have a table of their own below, with what became of requests.
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
                        "No policy could serve more than %.2f times what the best fixed split serves in time.",
                        verdict.boundOverStatic()));
        out.append(System.lineSeparator());
        if (look.columns() >= WIDE) {
            out.append(grid(Stream.concat(POLICY.stream(), REQUESTS.stream()).toList()).text(look));
        } else {
            out.append(grid(POLICY).text(look)).append(System.lineSeparator());
            out.append(grid(REQUESTS).text(look));
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

    /// Names of all columns of the table, the parameters of a policy last.
    public List<String> headings() {
        var all = new ArrayList<String>();
        all.add("policy");
        Stream.concat(POLICY.stream(), REQUESTS.stream()).map(Shown::heading).forEach(all::add);
        all.add("parameters");
        return all;
    }

    /// All rows of the table, a policy each.
    public List<List<String>> rows() {
        var all = new ArrayList<List<String>>();
        for (var o : verdict.runs()) {
            var row = new ArrayList<String>();
            row.add(o.policy());
            Stream.concat(POLICY.stream(), REQUESTS.stream())
                    .map(column -> column.cell().apply(o))
                    .forEach(row::add);
            row.add(targets(o));
            all.add(row);
        }
        return all;
    }

    private Grid grid(List<Shown> columns) {
        var header =
                Stream.concat(Stream.of("policy"), columns.stream().map(Shown::heading)).toList();
        var grid = new Grid(1, header.toArray(String[]::new));
        for (var o : verdict.runs()) {
            grid.row(
                    Stream.concat(
                                    Stream.of(o.policy()),
                                    columns.stream().map(c -> c.cell().apply(o)))
                            .toArray(String[]::new));
        }
        return grid;
    }

    private static void line(StringBuilder out, Look look, String text) {
        out.append(look.folded(List.of(text)));
    }

    private static String adapt(Outcome o) {
        if (o.shifts() == 0) {
            return "-";
        }
        return o.adaptSeconds().isPresent()
                ? String.format(Locale.ROOT, "%.0f s", o.adaptSeconds().getAsDouble())
                : "never";
    }

    private static String targets(Outcome o) {
        var text = new StringBuilder();
        new TreeMap<>(o.targets())
                .forEach(
                        (name, value) ->
                                text.append(text.isEmpty() ? "" : ", ")
                                        .append(name.replace('_', ' '))
                                        .append(' ')
                                        .append(plain(value)));
        return text.toString();
    }

    /// Counts without decimals, anything else with four digits.
    private static String plain(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.4g", value);
    }

    private static String millis(Outcome.Quantiles q, String format) {
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
    public String scaling() {
        return "recorded rate x %s; burstiness (variance over mean of the counts in 1/10/60 s) %s, scaled %s"
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
