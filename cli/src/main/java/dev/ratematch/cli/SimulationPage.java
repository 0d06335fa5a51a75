package dev.ratematch.cli;

import dev.ratematch.dashboards.page.PageHtml;
import dev.ratematch.dashboards.page.ReportPage;
import dev.ratematch.dashboards.page.ReportPage.Card;
import dev.ratematch.dashboards.page.ReportPage.Listing;
import dev.ratematch.dashboards.page.ReportPage.Series;
import dev.ratematch.dashboards.page.ReportPage.Table;
import dev.ratematch.dashboards.page.ReportPage.Timeline;
import dev.ratematch.dashboards.page.ReportPage.Unit;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Outcome.Point;
import dev.ratematch.harness.judge.Report;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// A judged trace as a page: the policies over one another on one axis of time. Pure.
final class SimulationPage {

    /// Times a promise from where a latency is drawn in sizes, so that the promise is still seen.
    private static final double FAR = 8;

    /// Colours that the page has for policies; more of them begin again.
    private static final int COLOURS = 8;

    private static final String PROMISE = "promise";

    private final Report report;
    private final List<Outcome> runs;
    private final List<Double> at;

    private SimulationPage(Report report) {
        this.report = report;
        this.runs = report.verdict().runs().stream().filter(o -> !o.timeline().isEmpty()).toList();
        this.at =
                runs.stream()
                        .flatMap(o -> o.timeline().stream())
                        .map(Point::atSeconds)
                        .distinct()
                        .sorted()
                        .toList();
    }

    /// The file.
    static String html(Report report) {
        return PageHtml.of(new SimulationPage(report).page());
    }

    private ReportPage page() {
        return new ReportPage(
                report.traceName(),
                List.of(
                        text(
                                "%,d requests in %.0f s; %s",
                                report.requests(), report.durationSeconds(), report.scaling()),
                        text(
                                "Targets: TTFT %.0f ms, ITL %.0f ms at p%.0f; budget %d "
                                        + "GPUs; lead time %.0f s; seed %d; model %s",
                                1e3 * report.slo().ttftSeconds(),
                                1e3 * report.slo().itlSeconds(),
                                report.slo().percentile(),
                                report.budgetGpus(),
                                report.leadTimeSeconds(),
                                report.seed(),
                                report.profile())),
                cards(),
                timelines(),
                List.of(),
                new Table(report.headings(), report.rows()),
                lists(),
                "");
    }

    private List<Card> cards() {
        var cards = new ArrayList<Card>();
        for (var run : report.verdict().runs()) {
            cards.add(
                    new Card(
                            text("%.1f %%", 100 * run.attainment()),
                            run.policy(),
                            text(
                                    "of requests within the targets, with %.1f GPU-hours",
                                    run.gpuHours())));
        }
        cards.add(
                new Card(
                        text("%.2f times", report.verdict().boundOverStatic()),
                        "upper bound of what any policy could gain",
                        "requests within the targets, relative to the best fixed split"));
        return cards;
    }

    private List<Timeline> timelines() {
        var all = new ArrayList<Timeline>();
        var budget = level("budget", report.budgetGpus());
        if (!runs.isEmpty()) {
            var load = line(runs.getFirst(), "offered", "line-8", Point::arrivedRps, false);
            all.add(chart("load", "Requests offered, per second", Unit.RATE, List.of(load)));
            all.add(
                    chart(
                            "good",
                            "Requests within the targets, by arrival",
                            Unit.SHARE,
                            each(Point::goodShare, false)));
            all.add(
                    latency(
                            "ttft",
                            "TTFT p95, by arrival",
                            report.slo().ttftSeconds(),
                            Point::ttftP95));
            all.add(
                    latency(
                            "itl",
                            "ITL p95, by arrival",
                            report.slo().itlSeconds(),
                            Point::itlP95));
            all.add(
                    chart(
                            "split",
                            "Prefill share of the replicas, as commanded",
                            Unit.SHARE,
                            each(p -> (double) p.prefill() / (p.prefill() + p.decode()), true)));
            all.add(
                    chart(
                            "held",
                            "GPUs held",
                            Unit.GPUS,
                            with(
                                    each(
                                            p ->
                                                    p.prefillReadyGpus()
                                                            + p.decodeReadyGpus()
                                                            + p.movingGpus(),
                                            true),
                                    budget)));
        }
        for (var run : runs) {
            if (run.moves() > 0) {
                all.add(roles(run, budget));
            }
        }
        return all;
    }

    private Timeline roles(Outcome run, Series budget) {
        return new Timeline(
                "roles-" + runs.indexOf(run),
                "GPUs by role and state: " + run.policy(),
                Unit.GPUS,
                false,
                at,
                states(run, budget),
                changes(run).stream().map(Point::atSeconds).toList(),
                "");
    }

    /// A switch has a mark of its own, in runs that have one.
    private List<Series> states(Outcome run, Series budget) {
        var states = new ArrayList<Series>();
        states.add(line(run, "prefill, serving", "prefill", Point::prefillReadyGpus, true));
        states.add(line(run, "decode, serving", "decode", Point::decodeReadyGpus, true));
        states.add(
                line(
                        run,
                        "starting or draining",
                        "line-8",
                        p -> p.movingGpus() - p.switchingGpus(),
                        true));
        if (run.timeline().stream().anyMatch(p -> p.switchingGpus() > 0)) {
            states.add(line(run, "switching roles", "line-5", Point::switchingGpus, true));
        }
        states.add(budget);
        return states;
    }

    private Timeline latency(String id, String title, double promised, ToDoubleFunction<Point> of) {
        var lines = each(of, false);
        double most =
                lines.stream()
                        .flatMap(series -> series.values().stream())
                        .mapToDouble(Double::doubleValue)
                        .filter(Double::isFinite)
                        .max()
                        .orElse(0);
        boolean far = most > FAR * promised;
        var said = new ArrayList<String>();
        if (far) {
            said.add("Each line upwards is ten times the one below.");
        }
        for (var run : runs) {
            long never =
                    run.timeline().stream()
                            .filter(p -> Double.isInfinite(of.applyAsDouble(p)))
                            .count();
            if (never > 0) {
                said.add(
                        text(
                                "%s: in %d of %d windows over 5 %% of the requests never got that far; such a p95 cannot be drawn.",
                                run.policy(), never, run.timeline().size()));
            }
        }
        return new Timeline(
                id,
                title,
                Unit.SECONDS,
                far,
                at,
                with(lines, level(PROMISE, promised)),
                List.of(),
                String.join(" ", said));
    }

    private Timeline chart(String id, String title, Unit unit, List<Series> series) {
        return new Timeline(id, title, unit, false, at, series, List.of(), "");
    }

    private List<Series> each(ToDoubleFunction<Point> of, boolean stepped) {
        var all = new ArrayList<Series>();
        for (var run : runs) {
            all.add(line(run, run.policy(), "line-" + (1 + all.size() % COLOURS), of, stepped));
        }
        return all;
    }

    private static List<Series> with(List<Series> lines, Series level) {
        var all = new ArrayList<>(lines);
        all.add(level);
        return all;
    }

    private Series level(String label, double value) {
        var values = Collections.nCopies(at.size(), value);
        return new Series(label, label.equals(PROMISE) ? PROMISE : "plan", true, false, values);
    }

    private Series line(
            Outcome run, String label, String colour, ToDoubleFunction<Point> of, boolean stepped) {
        var found = new TreeMap<Double, Double>();
        run.timeline().forEach(point -> found.put(point.atSeconds(), of.applyAsDouble(point)));
        var values = at.stream().map(t -> found.getOrDefault(t, Double.NaN)).toList();
        return new Series(label, colour, false, stepped, values);
    }

    private static List<Point> changes(Outcome run) {
        return run.timeline().stream().filter(point -> !point.note().isEmpty()).toList();
    }

    private List<Listing> lists() {
        return runs.stream()
                .filter(run -> !changes(run).isEmpty())
                .map(
                        run ->
                                new Listing(
                                        text("%s: %d changes", run.policy(), changes(run).size()),
                                        changes(run).stream()
                                                .map(
                                                        p ->
                                                                text(
                                                                        "%.0f s, %dP%dD: %s",
                                                                        p.atSeconds(),
                                                                        p.prefill(),
                                                                        p.decode(),
                                                                        p.note()))
                                                .toList()))
                .toList();
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in no library that we use
    static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
