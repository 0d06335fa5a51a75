package dev.ratematch.experiments.study;

import dev.ratematch.experiments.findings.Findings.Note;
import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Picture.Axis;
import dev.ratematch.experiments.findings.Picture.Lines;
import dev.ratematch.experiments.findings.Table;
import dev.ratematch.experiments.findings.Table.Column;
import dev.ratematch.experiments.findings.Value;
import dev.ratematch.experiments.plant.ColdRun;
import dev.ratematch.experiments.plant.SteadyRun;
import dev.ratematch.experiments.study.Reuse.Collapse;
import dev.ratematch.experiments.study.Reuse.Step;
import dev.ratematch.experiments.study.Reuse.Turns;
import dev.ratematch.harness.judge.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How reuse is shown.
final class ReusePage {

    private ReusePage() {}

    static String answer(
            List<Step> steps, Collapse collapse, List<ColdRun.Minute> cold, double moveSeconds) {
        var none = steps.getFirst();
        var most = steps.getLast();
        int move = (int) (moveSeconds / 60);
        double before = cold.get(move - 1).hitShare();
        double least =
                cold.stream()
                        .filter(m -> m.minute() >= move)
                        .mapToDouble(ColdRun.Minute::hitShare)
                        .min()
                        .orElse(Double.NaN);
        return Words.say(
                "From %.0f %% to %.0f %% prefix hits the best prefill:decode ratio falls from %s to %s"
                        + " and the fleet carries %.1f times the requests; where hits collapse our"
                        + " controller keeps %.0f %% of the requests good, the split that was"
                        + " enough before %.0f %%; cold replicas take the hit rate from %.0f to %.0f %%.",
                100 * none.run().hitShare(),
                100 * most.run().hitShare(),
                Words.ratio(none.ratio()),
                Words.ratio(most.ratio()),
                most.requestsPerSecond() / none.requestsPerSecond(),
                100 * collapse.ours().attainment(),
                100 * collapse.before().attainment(),
                100 * before,
                100 * least);
    }

    static List<Table> tables(
            List<Step> steps, Collapse collapse, List<Turns> turns, double collapseSeconds) {
        var rates = new ArrayList<List<Value>>();
        for (var step : steps) {
            rates.add(
                    Rows.row(
                            100 * step.share(),
                            100 * step.run().hitShare(),
                            step.ratio(),
                            step.split().label(),
                            step.requestsPerSecond(),
                            SteadyRun.quantile(step.run().ttft(), 0.95),
                            100 * step.run().good()));
        }
        var tables = new ArrayList<Table>();
        tables.add(
                new Table(
                        "By hit rate, steady",
                        List.of(
                                new Column("shared", "% of a prompt", 0),
                                new Column("hits", "% of prompt tokens", 1),
                                new Column("prefill:decode GPUs", "", 3),
                                Column.of("best split"),
                                new Column("traffic", "requests/s", 1),
                                new Column("TTFT, p95", "s", 2),
                                new Column("good", "%", 1)),
                        rates));
        tables.add(collapsing(collapse, collapseSeconds));
        if (!turns.isEmpty()) {
            tables.add(routers(turns));
        }
        return tables;
    }

    private static Table collapsing(Collapse collapse, double at) {
        return new Table(
                Words.say("Hits that collapse after %.0f min", at / 60),
                List.of(
                        Column.of("policy"),
                        new Column("good before", "%", 1),
                        new Column("good after", "%", 1),
                        Column.of("moves"),
                        Column.of("pair before"),
                        Column.of("pair at the end"),
                        new Column("held", "GPU-hours", 1)),
                List.of(
                        Rows.turned("split that was enough before, kept", collapse.before(), at),
                        Rows.turned("best split for both, kept", collapse.best(), at),
                        Rows.turned("ratematch", collapse.ours(), at)));
    }

    private static Table routers(List<Turns> turns) {
        var rows = new ArrayList<List<Value>>();
        for (var turn : turns) {
            rows.add(
                    Rows.row(
                            turn.router().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                            100 * turn.run().hitShare(),
                            SteadyRun.quantile(turn.run().ttft(), 0.5),
                            SteadyRun.quantile(turn.run().ttft(), 0.95),
                            100 * turn.run().good()));
        }
        return new Table(
                "Multi-turn prompts by router, the best split kept",
                List.of(
                        Column.of("router"),
                        new Column("hits", "% of prompt tokens", 1),
                        new Column("TTFT, median", "s", 2),
                        new Column("TTFT, p95", "s", 2),
                        new Column("good", "%", 1)),
                rows);
    }

    static List<Picture> pictures(List<Step> steps, Collapse collapse, List<ColdRun.Minute> cold) {
        return List.of(
                new Lines(
                        "Best ratio by hit rate",
                        Axis.linear("prefix hits, % of prompt tokens"),
                        Axis.linear("prefill GPUs per decode GPU"),
                        List.of(
                                Rows.line(
                                        "ratio",
                                        steps,
                                        s -> 100 * s.run().hitShare(),
                                        Step::ratio)),
                        List.of()),
                new Lines(
                        "Hits that collapse after 30 minutes: good requests by arrival",
                        Axis.linear("minutes"),
                        Axis.linear("%"),
                        List.of(
                                Rows.overTime(
                                        "ratematch", collapse.ours(), p -> 100 * p.goodShare()),
                                Rows.overTime(
                                        "split that was enough before",
                                        collapse.before(),
                                        p -> 100 * p.goodShare())),
                        List.of()),
                new Lines(
                        "Hits that collapse: replicas that our controller commands",
                        Axis.linear("minutes"),
                        Axis.linear("replicas"),
                        List.of(
                                Rows.commanded("prefill", collapse.ours(), Outcome.Point::prefill),
                                Rows.commanded("decode", collapse.ours(), Outcome.Point::decode)),
                        List.of()),
                new Lines(
                        "Cold prefill replicas after 15 minutes",
                        Axis.linear("minutes"),
                        Axis.linear("prefix hits, % of prompt tokens"),
                        List.of(
                                Rows.line(
                                        "hits",
                                        cold,
                                        ColdRun.Minute::minute,
                                        m -> 100 * m.hitShare())),
                        List.of()));
    }

    static List<Note> notes(List<Step> steps) {
        var none = steps.getFirst();
        var most = steps.getLast();
        double left = 1 - most.run().hitShare();
        return List.of(
                new Note(
                        "Reuse is left out there and named as future work; prefill time goes with the"
                                + " share that misses, so the ratio should fall in about that"
                                + " proportion.",
                        most.ratio() / none.ratio() < 3 * left,
                        Words.say(
                                "%.0f %% of the prompt is left to compute, and %.0f %% of the ratio;"
                                        + " attention of what is new over all that is cached is paid"
                                        + " still.",
                                100 * left, 100 * most.ratio() / none.ratio())));
    }
}
