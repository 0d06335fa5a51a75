package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Outcome.Point;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// A report as one self-contained page.
public final class Html {

    private static final String STYLE =
            """
            :root{color-scheme:light dark;--ink:#1b1f24;--muted:#68727d;--grid:#e3e7eb;--paper:#fff;\
            --mark:#b8501f}
            @media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--muted:#9aa4ae;--grid:#2c333a;\
            --paper:#14181c;--mark:#f0a070}}
            body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);\
            max-width:1040px;margin:24px auto;padding:0 16px}
            h1{font-size:22px;margin:0 0 4px}h2{font-size:17px;margin:28px 0 6px}
            .muted{color:var(--muted)}.big{font-size:28px;font-weight:600}
            .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:13px;white-space:nowrap}
            th,td{padding:4px 9px;text-align:right;border-bottom:1px solid var(--grid)}
            th:first-child,td:first-child{text-align:left}
            figure{margin:6px 0}figcaption{font-size:13px}svg{width:100%;height:auto}
            svg text{font-size:11px;fill:var(--muted)}.grid{stroke:var(--grid)}
            .level{stroke:var(--muted);stroke-dasharray:5 4}
            .mark line{stroke:var(--mark);stroke-opacity:.35}.mark circle{fill:var(--mark)}
            details{margin:4px 0}summary{cursor:pointer}
            """;

    private Html() {}

    /// The page.
    public static String page(Report report) {
        var out = new StringBuilder();
        out.append("<!doctype html><html lang='en'><head><meta charset='utf-8'>");
        out.append("<meta name='viewport' content='width=device-width,initial-scale=1'>");
        out.append(
                "<title>Ratematch: %s</title><style>%s</style></head><body>"
                        .formatted(escape(report.traceName()), STYLE));
        out.append("<h1>%s</h1>".formatted(escape(report.traceName())));
        out.append(
                String.format(
                        Locale.ROOT,
                        "<p class='muted'>%d requests in %.0f s &middot; %s &middot; SLO TTFT %.0f ms, ITL %.0f"
                                + " ms &middot; budget %d GPUs &middot; lead time %.0f s &middot;"
                                + " seed %d &middot; model %s</p>",
                        report.requests(),
                        report.durationSeconds(),
                        escape(report.scaling()),
                        1000 * report.slo().ttftSeconds(),
                        1000 * report.slo().itlSeconds(),
                        report.budgetGpus(),
                        report.leadTimeSeconds(),
                        report.seed(),
                        escape(report.profile())));
        out.append(
                String.format(
                        Locale.ROOT,
                        "<p><span class='big'>%.2f times</span> as many good requests as the"
                                + " best fixed split has are the most that adapting could win"
                                + " here.</p>",
                        report.verdict().boundOverStatic()));
        table(out, report.verdict().runs());
        for (var outcome : report.verdict().runs()) {
            if (!outcome.timeline().isEmpty()) {
                plots(out, report, outcome);
            }
        }
        return out.append("</body></html>").toString();
    }

    private static void table(StringBuilder out, List<Outcome> runs) {
        out.append("<div class='scroll'><table><tr>");
        for (var head :
                List.of(
                        "policy",
                        "good",
                        "attainment",
                        "goodput, req/s",
                        "unfinished",
                        "dropped",
                        "GPU-hours",
                        "moves",
                        "thrash",
                        "adapt",
                        "TTFT p50/95/99, ms",
                        "ITL p50/95/99, ms",
                        "parameters")) {
            out.append("<th>").append(head).append("</th>");
        }
        out.append("</tr>");
        for (var o : runs) {
            out.append(
                    String.format(
                            Locale.ROOT,
                            "<tr><td>%s</td><td>%d</td><td>%.2f %%</td><td>%.2f</td><td>%d</td>"
                                    + "<td>%d</td><td>%.2f</td><td>%d</td><td>%d</td><td>%s</td>"
                                    + "<td>%s</td><td>%s</td><td class='muted'>%s</td></tr>",
                            o.policy(),
                            o.good(),
                            100 * o.attainment(),
                            o.goodputRps(),
                            o.unfinished(),
                            o.dropped(),
                            o.gpuHours(),
                            o.moves(),
                            o.thrash(),
                            Report.adapt(o),
                            Report.millis(o.ttft(), "%.0f"),
                            Report.millis(o.itl(), "%.1f"),
                            Report.targets(o)));
        }
        out.append("</table></div>");
    }

    private static void plots(StringBuilder out, Report report, Outcome o) {
        var points = o.timeline();
        double[] at = column(points, Point::atSeconds);
        double end = at[at.length - 1];
        var moved = points.stream().filter(p -> !p.note().isEmpty()).toList();
        double[] movedAt = column(moved, Point::atSeconds);
        var notes =
                moved.stream()
                        .map(p -> "%dP%dD. %s".formatted(p.prefill(), p.decode(), p.note()))
                        .toArray(String[]::new);
        double[] rate = column(points, Point::arrivedRps);
        double[] share = column(points, p -> (double) p.prefill() / (p.prefill() + p.decode()));
        out.append("<h2>%s</h2>".formatted(o.policy()));
        out.append(
                new Chart("Offered load", "requests/s", end, 1.05 * max(rate))
                        .line("arrived", "#3a7bd5", at, rate)
                        .svg());
        out.append(
                new Chart("Prefill share of replicas, commanded", "", end, 1)
                        .line("prefill / all", "#8457c9", at, share)
                        .marks(movedAt, notes)
                        .svg());
        out.append(
                new Chart("GPUs by role and state", "GPUs", end, report.budgetGpus())
                        .line("prefill", "#2a9d6f", at, column(points, Point::prefillReadyGpus))
                        .line("decode", "#d97b29", at, column(points, Point::decodeReadyGpus))
                        .line(
                                "starting or draining",
                                "#9aa4ae",
                                at,
                                column(points, Point::movingGpus))
                        .marks(movedAt, notes)
                        .svg());
        double ttft = 1000 * report.slo().ttftSeconds();
        out.append(
                new Chart("TTFT p95 by arrival", "ms", end, 2.5 * ttft)
                        .line("p95", "#3a7bd5", at, column(points, p -> 1000 * p.ttftP95()))
                        .level("SLO", ttft)
                        .marks(movedAt, notes)
                        .svg());
        double itl = 1000 * report.slo().itlSeconds();
        out.append(
                new Chart("ITL p95 by arrival", "ms", end, 2 * itl)
                        .line("p95", "#d97b29", at, column(points, p -> 1000 * p.itlP95()))
                        .level("SLO", itl)
                        .marks(movedAt, notes)
                        .svg());
        if (!moved.isEmpty()) {
            out.append("<details><summary>%d decisions</summary><ol>".formatted(moved.size()));
            for (int i = 0; i < notes.length; i++) {
                out.append(
                        String.format(
                                Locale.ROOT, "<li>%.0f s: %s</li>", movedAt[i], escape(notes[i])));
            }
            out.append("</ol></details>");
        }
    }

    private static double[] column(List<Point> points, ToDoubleFunction<Point> value) {
        return points.stream().mapToDouble(value).toArray();
    }

    private static double max(double[] values) {
        double most = 0;
        for (double value : values) {
            most = Math.max(most, value);
        }
        return most;
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&quot;");
    }
}
