package dev.ratematch.experiments.study;

import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.transfer.KvLink.Mode;
import dev.ratematch.experiments.findings.Findings.Note;
import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Picture.Axis;
import dev.ratematch.experiments.findings.Picture.Line;
import dev.ratematch.experiments.findings.Picture.Lines;
import dev.ratematch.experiments.findings.Table;
import dev.ratematch.experiments.findings.Table.Column;
import dev.ratematch.experiments.findings.Value;
import dev.ratematch.experiments.plant.SteadyRun;
import dev.ratematch.experiments.study.Bandwidth.Flow;
import dev.ratematch.experiments.study.Bandwidth.Point;
import dev.ratematch.experiments.study.Bandwidth.Sag;
import dev.ratematch.harness.judge.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// How the bandwidth is shown.
final class BandwidthPage {

    private BandwidthPage() {}

    private static Point widest(List<Point> sweep, Mode mode) {
        return of(sweep, mode).stream().max(Comparator.comparingDouble(Point::link)).orElseThrow();
    }

    private static List<Point> of(List<Point> sweep, Mode mode) {
        return sweep.stream().filter(p -> p.mode() == mode).toList();
    }

    static String answer(List<Point> sweep, Sag sag) {
        var pull = widest(sweep, Mode.PULL);
        var layers = widest(sweep, Mode.LAYERWISE);
        var full =
                of(sweep, Mode.PULL).stream()
                        .filter(p -> p.run().good() < 0.95)
                        .mapToDouble(Point::link)
                        .max();
        return Words.say(
                "The traffic moves %.1f GB/s through a GPU; on %.0f GB/s users wait %.1f ms for KV"
                        + " that is pulled and %.1f ms for KV that is sent layer by layer, %s, and on"
                        + " a link that sags to %.0f %% of the need our controller keeps %.0f %% of"
                        + " the requests good against %.0f %% of the split that stands still.",
                pull.needed(),
                pull.link(),
                1000 * pull.exposed(),
                1000 * layers.exposed(),
                full.isPresent()
                        ? Words.say("the promise is lost at %.1f GB/s", full.getAsDouble())
                        : "no link tried is too narrow",
                100 * Bandwidth.SAG_SHARE,
                100 * sag.ours().attainment(),
                100 * sag.still().attainment());
    }

    static List<Table> tables(
            List<ModelSpec> models,
            List<List<Flow>> flows,
            List<Point> sweep,
            Sag sag,
            double from,
            double to) {
        return List.of(traffic(models, flows), links(sweep), sag(sag, from, to));
    }

    private static Table traffic(List<ModelSpec> models, List<List<Flow>> flows) {
        var rows = new ArrayList<List<Value>>();
        for (int i = 0; i < models.size(); i++) {
            for (var flow : flows.get(i)) {
                rows.add(Rows.row(models.get(i).name(), flow.inputTokens(), flow.out(), flow.in()));
            }
        }
        return new Table(
                "KV traffic by prompt length",
                List.of(
                        Column.of("model"),
                        new Column("ISL", "tokens", 0),
                        new Column("out of prefill", "GB/s/GPU", 2),
                        new Column("into decode", "GB/s/GPU", 2)),
                rows);
    }

    private static Table links(List<Point> sweep) {
        var rows = new ArrayList<List<Value>>();
        for (var point : sweep) {
            rows.add(
                    Rows.row(
                            label(point.mode()),
                            point.link(),
                            point.needed() / point.link() * 100,
                            1000 * point.exposed(),
                            1000 * SteadyRun.quantile(point.run().exposed(), 0.95),
                            point.ttft(),
                            100 * point.run().good()));
        }
        return new Table(
                "The link swept down, by transfer mode",
                List.of(
                        Column.of("mode"),
                        new Column("link", "GB/s/GPU", 1),
                        new Column("needed", "% of it", 0),
                        new Column("exposed, median", "ms", 1),
                        new Column("exposed, p95", "ms", 1),
                        new Column("TTFT, p95", "s", 2),
                        new Column("good", "%", 1)),
                rows);
    }

    private static Table sag(Sag sag, double from, double to) {
        return new Table(
                Words.say(
                        "The link at %.1f %% of itself from %.0f to %.0f min",
                        100 * sag.share(), from / 60, to / 60),
                List.of(
                        Column.of("policy"),
                        new Column("TTFT p95 before", "s", 2),
                        new Column("worst TTFT p95", "s", 1),
                        new Column("good before", "%", 1),
                        new Column("good meanwhile", "%", 1),
                        new Column("good after", "%", 1),
                        Column.of("moves"),
                        Column.of("pair before"),
                        Column.of("pair at the end")),
                List.of(
                        sagging("static-best", sag.still(), from, to),
                        sagging("ratematch", sag.ours(), from, to)));
    }

    private static List<Value> sagging(String name, Outcome outcome, double from, double to) {
        var before = Rows.at(outcome, from);
        var end = Rows.at(outcome, to);
        return Rows.row(
                name,
                Rows.most(outcome, from / 2, from, Outcome.Point::ttftP95),
                Rows.most(outcome, from, Double.MAX_VALUE, Outcome.Point::ttftP95),
                100 * Rows.good(outcome, 0, from),
                100 * Rows.good(outcome, from, to),
                100 * Rows.good(outcome, to, Double.MAX_VALUE),
                outcome.moves(),
                before.prefill() + "P" + before.decode() + "D",
                end.prefill() + "P" + end.decode() + "D");
    }

    private static String label(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    static List<Picture> pictures(
            List<ModelSpec> models, List<List<Flow>> flows, List<Point> sweep, Sag sag) {
        var traffic = new ArrayList<Line>();
        for (int i = 0; i < models.size(); i++) {
            String model = models.get(i).name();
            traffic.add(Rows.line(model + ", out", flows.get(i), Flow::inputTokens, Flow::out));
            traffic.add(Rows.line(model + ", in", flows.get(i), Flow::inputTokens, Flow::in));
        }
        var exposed = new ArrayList<Line>();
        var ttft = new ArrayList<Line>();
        for (Mode mode : Mode.values()) {
            var points = of(sweep, mode).reversed();
            exposed.add(Rows.line(label(mode), points, Point::link, p -> 1000 * p.exposed()));
            ttft.add(Rows.line(label(mode), points, Point::link, Point::ttft));
        }
        return List.of(
                new Lines(
                        "KV traffic of a GPU by prompt length",
                        Axis.log("prompt (ISL), tokens"),
                        Axis.log("GB/s/GPU"),
                        traffic,
                        List.of()),
                new Lines(
                        "Transfer that users wait for, median",
                        Axis.log("link, GB/s/GPU"),
                        Axis.log("ms"),
                        exposed,
                        List.of()),
                new Lines(
                        "Time to first token on a narrow link, p95",
                        Axis.log("link, GB/s/GPU"),
                        Axis.log("s"),
                        ttft,
                        List.of()),
                new Lines(
                        "A link that sags: time to first token, p95 by arrival",
                        Axis.linear("minutes"),
                        Axis.linear("s"),
                        List.of(
                                Rows.overTime("static-best", sag.still(), BandwidthPage::seen),
                                Rows.overTime("ratematch", sag.ours(), BandwidthPage::seen)),
                        List.of()),
                new Lines(
                        "A link that sags: replicas that our controller commands",
                        Axis.linear("minutes"),
                        Axis.linear("replicas"),
                        List.of(
                                Rows.commanded("prefill", sag.ours(), Outcome.Point::prefill),
                                Rows.commanded("decode", sag.ours(), Outcome.Point::decode)),
                        List.of()));
    }

    private static double seen(Outcome.Point point) {
        return point.ttftP95() < 1e6 ? point.ttftP95() : Double.NaN;
    }

    static List<Note> notes(List<ModelSpec> models, List<List<Flow>> flows, List<Point> sweep) {
        var notes = new ArrayList<Note>();
        double most = 0;
        for (var flow : flows.getFirst()) {
            most = Math.max(most, Math.max(value(flow.out()), value(flow.in())));
        }
        double link = widest(sweep, Mode.PULL).link();
        notes.add(
                new Note(
                        "Datacenter bandwidth suffices; DeepSeek-R1 moves 0.4 to 1.8 GB/s/GPU"
                                + " (Fig. 12).",
                        most < link,
                        Words.say(
                                "%s moves at most %.2f GB/s/GPU at any prompt length, of %.0f.",
                                models.getFirst().name(), most, link)));
        var known = flows.getFirst().stream().filter(f -> f.out() > 0).toList();
        if (known.size() > 1) {
            boolean falls = known.getLast().out() < known.getFirst().out();
            notes.add(
                    new Note(
                            "Egress falls as prompts grow, since prefill grows faster than KV.",
                            falls,
                            Words.say(
                                    "%.2f GB/s/GPU at %s, %.2f at %s.",
                                    known.getFirst().out(),
                                    Words.tokens(known.getFirst().inputTokens()),
                                    known.getLast().out(),
                                    Words.tokens(known.getLast().inputTokens()))));
        }
        double pull = widest(sweep, Mode.PULL).exposed();
        double layers = widest(sweep, Mode.LAYERWISE).exposed();
        notes.add(
                new Note(
                        "Streaming each layer as it is produced hides the transfer.",
                        layers < 0.5 * pull,
                        Words.say(
                                "%.1f ms of it show layer by layer, %.1f ms when pulled.",
                                1000 * layers, 1000 * pull)));
        return notes;
    }

    private static double value(double flow) {
        return Double.isNaN(flow) ? 0 : flow;
    }
}
