package dev.ratematch.experiments.study;

import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.findings.Findings.Note;
import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Picture.Axis;
import dev.ratematch.experiments.findings.Picture.Lines;
import dev.ratematch.experiments.findings.Table;
import dev.ratematch.experiments.findings.Table.Column;
import dev.ratematch.experiments.findings.Value;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.judge.Ratematch;
import dev.ratematch.harness.judge.StaticSearch;
import dev.ratematch.harness.judge.TimetableSearch;
import dev.ratematch.harness.scenario.Scenario;
import dev.ratematch.harness.scenario.Scenarios;
import java.util.ArrayList;
import java.util.List;

/// Every recorded trace, on the judge's terms: the ratio over time, and the distance to a plan that
/// knows the trace.
public final class Production implements Study {

    /// What the judge calls its scenarios of recorded traces.
    private static final List<String> RECORDED =
            List.of("conversation", "code", "r1", "mooncake", "m-large", "aibrix");

    /// Shipped with the harness, so that there is one without a folder of traces.
    private static final String SHIPPED = "code-reasoning-code";

    private static final int EFFORT = 10;

    private final boolean moves;

    /// With our controller.
    public Production() {
        this(true);
    }

    /// @param moves whether the ratio may change; without, the split of the start is kept
    Production(boolean moves) {
        this.moves = moves;
    }

    /// One trace.
    record Played(String name, Outcome still, Outcome ours, Outcome oracle) {

        /// Good requests that foresight would add, points.
        double regret() {
            return 100 * (oracle.attainment() - ours.attainment());
        }
    }

    @Override
    public String name() {
        return "production";
    }

    @Override
    public String question() {
        return "On recorded traffic, how does the ratio move over time, and how far from a plan that"
                + " knows the trace does our controller stay?";
    }

    @Override
    public Findings run(Asked asked, Progress progress) {
        var all = new ArrayList<Played>();
        var missing = new ArrayList<String>();
        if (asked.trace() != null) {
            all.add(own(asked));
        } else {
            var names = new ArrayList<String>();
            names.add(SHIPPED);
            if (!asked.quick()) {
                names.addAll(RECORDED);
            }
            for (var name : names) {
                var scenario = Scenarios.named(name);
                progress.at(name, (double) all.size() / names.size());
                if (scenario.playable(asked.traces())) {
                    all.add(play(scenario, asked));
                } else {
                    missing.add(name);
                }
            }
        }
        var setting = new ArrayList<String>();
        setting.add(
                "The judge's scenarios of recorded traces (docs/judge.md): llama-3.1-70b on b200, from"
                        + " an even split, seed "
                        + asked.seed()
                        + ". A trace of your own is scaled to 80 % of the budget.");
        setting.add(
                Words.say(
                        "The clairvoyant plan is the best of the timetables that %d tries find; nobody"
                                + " proves that there is none better.",
                        EFFORT));
        if (!missing.isEmpty()) {
            setting.add("Not there, see --traces: " + String.join(", ", missing) + ".");
        }
        return new Findings(
                name(),
                "Production traces: the ratio over time",
                question(),
                answer(all),
                setting,
                List.of(table(all)),
                pictures(all),
                notes(all));
    }

    private Played own(Asked asked) {
        var bed = Sites.testbed(asked, 32);
        var slo = Sites.slo(asked, Scenarios.named(SHIPPED).slo());
        var trace = asked.trace();
        if (trace == null) {
            throw new IllegalStateException("Asked for a trace that is not there.");
        }
        var episode = bed.episode(bed.scaled(trace, slo), slo, List.of());
        return played(
                trace.name(),
                episode,
                moves ? bed.controlled(episode, episode.evenPair()) : kept(episode));
    }

    /// One of the judge's scenarios.
    Played play(Scenario scenario, Asked asked) {
        var episode = scenario.episode(asked.seed(), asked.traces());
        var service = scenario.service(episode.plant().gpus(), Tuning.DEFAULT);
        var controller =
                new Ratematch(service.spec(), service.laws(), Scenario.CYCLE_SECONDS, Journal.NONE);
        return played(
                scenario.name(),
                episode,
                moves ? episode.run(controller, episode.evenPair(), _ -> {}) : kept(episode));
    }

    private static Outcome kept(Episode episode) {
        return new StaticSearch(episode).run(episode.evenPair());
    }

    private static Played played(String name, Episode episode, Outcome ours) {
        var still = new StaticSearch(episode).best(null);
        var oracle =
                new TimetableSearch(episode, episode.evenPair())
                        .search(List.of(), StaticSearch.split(still), EFFORT);
        return new Played(name, still, ours, oracle);
    }

    private static String answer(List<Played> all) {
        double regret = all.stream().mapToDouble(Played::regret).average().orElse(Double.NaN);
        double still =
                all.stream()
                        .mapToDouble(p -> 100 * (p.ours().attainment() - p.still().attainment()))
                        .average()
                        .orElse(Double.NaN);
        var worst =
                all.stream().max((a, b) -> Double.compare(a.regret(), b.regret())).orElseThrow();
        return Words.say(
                "Over %d recorded traces our controller stays %.1f points of good requests from the"
                        + " clairvoyant plan, most on %s with %.1f, and is %.1f points %s the best split"
                        + " that knows the trace and stands still.",
                all.size(),
                regret,
                worst.name(),
                worst.regret(),
                Math.abs(still),
                still >= 0 ? "ahead of" : "behind");
    }

    private static Table table(List<Played> all) {
        var rows = new ArrayList<List<Value>>();
        for (var p : all) {
            double least =
                    p.ours().timeline().stream().mapToDouble(Production::ratio).min().orElse(0);
            double most =
                    p.ours().timeline().stream().mapToDouble(Production::ratio).max().orElse(0);
            rows.add(
                    Rows.row(
                            p.name(),
                            p.ours().offered(),
                            100 * p.still().attainment(),
                            100 * p.ours().attainment(),
                            100 * p.oracle().attainment(),
                            p.regret(),
                            Words.ratio(least) + " to " + Words.ratio(most),
                            p.ours().moves(),
                            p.still().gpuHours(),
                            p.ours().gpuHours()));
        }
        return new Table(
                "Recorded traces",
                List.of(
                        Column.of("trace"),
                        Column.of("requests"),
                        new Column("best split", "% good", 1),
                        new Column("ratematch", "% good", 1),
                        new Column("clairvoyant", "% good", 1),
                        new Column("distance", "points", 1),
                        Column.of("prefill:decode replicas"),
                        Column.of("moves"),
                        new Column("best split held", "GPU-hours", 1),
                        new Column("ratematch held", "GPU-hours", 1)),
                rows);
    }

    private static double ratio(Outcome.Point p) {
        return (double) p.prefill() / p.decode();
    }

    private static List<Picture> pictures(List<Played> all) {
        var pictures = new ArrayList<Picture>();
        for (var p : all) {
            pictures.add(
                    new Lines(
                            "Prefill replicas per decode replica, " + p.name(),
                            Axis.linear("minutes"),
                            Axis.log("ratio, commanded"),
                            List.of(
                                    Rows.commanded("ratematch", p.ours(), Production::ratio),
                                    Rows.commanded("clairvoyant", p.oracle(), Production::ratio),
                                    Rows.commanded("best split", p.still(), Production::ratio)),
                            List.of()));
        }
        return pictures;
    }

    private static List<Note> notes(List<Played> all) {
        long needs =
                all.stream()
                        .filter(p -> p.oracle().attainment() > p.still().attainment() + 0.01)
                        .count();
        return List.of(
                new Note(
                        "Real traffic is close to its static median, so that one ratio serves it"
                                + " (App. C); elsewhere its optimum moves.",
                        needs == 0,
                        Words.say(
                                "foresight adds more than a point to the best fixed split on %d of %d"
                                        + " traces.",
                                needs, all.size())));
    }
}
