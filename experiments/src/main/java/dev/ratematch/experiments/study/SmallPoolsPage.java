package dev.ratematch.experiments.study;

import dev.ratematch.experiments.findings.Findings.Note;
import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Picture.Axis;
import dev.ratematch.experiments.findings.Picture.Line;
import dev.ratematch.experiments.findings.Picture.Point;
import dev.ratematch.experiments.findings.Table;
import dev.ratematch.experiments.findings.Table.Column;
import dev.ratematch.experiments.findings.Value;
import dev.ratematch.experiments.study.SmallPools.Fleet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// How small pools are shown.
final class SmallPoolsPage {

    /// Of the sizes that people ask about, the one of a single HGX host.
    private static final int HOST = 8;

    private SmallPoolsPage() {}

    static String answer(List<List<Fleet>> all) {
        var said = new ArrayList<String>();
        for (var fleets : all) {
            var at =
                    fleets.stream()
                            .filter(f -> f.gpus() >= HOST)
                            .findFirst()
                            .orElse(fleets.getLast());
            var none = fleets.stream().filter(f -> f.free() == 0).mapToInt(Fleet::gpus).max();
            said.add(
                    at.free() == 0
                            ? Words.say(
                                    "no ratio works for %s on %d GPUs",
                                    at.model().name(), at.gpus())
                            : Words.say(
                                    "%d GPUs of %s serve %.0f %% of a large fleet's rate a GPU, %.0f %%"
                                            + " with engines of several widths%s%s",
                                    at.gpus(),
                                    at.model().name(),
                                    100 * at.share(at.whole()),
                                    100 * at.share(at.free()),
                                    at.jointWins() ? ", where co-located carries more" : "",
                                    none.isPresent()
                                            ? Words.say(
                                                    " (no ratio works on %d and fewer)",
                                                    none.getAsInt())
                                            : ""));
        }
        return Words.sentence(String.join("; ", said));
    }

    static Table table(List<List<Fleet>> all) {
        var rows = new ArrayList<List<Value>>();
        for (var fleets : all) {
            for (var f : fleets) {
                rows.add(
                        List.of(
                                Value.of(f.model().name()),
                                Value.of(f.gpus()),
                                points(f, f.unlimited() - f.fractional()),
                                points(f, f.fractional() - f.whole()),
                                points(f, f.other() - f.whole()),
                                points(f, f.free() - f.other()),
                                share(f.share(f.free())),
                                share(f.share(f.joint())),
                                Value.of(f.engines()),
                                Value.of(works(f))));
            }
        }
        return new Table(
                "Fleets by size; 100 % is what a GPU of a fleet without end serves",
                List.of(
                        Column.of("model"),
                        Column.of("GPUs"),
                        new Column("lost to narrow engines", "points", 1),
                        new Column("lost to whole engines", "points", 1),
                        new Column("regained by other widths", "points", 1),
                        new Column("by several in a pool", "points", 1),
                        new Column("left", "%", 1),
                        new Column("co-located", "%", 1),
                        Column.of("prefill : decode engines"),
                        Column.of("disaggregate")),
                rows);
    }

    private static Value points(Fleet f, double rate) {
        return Value.of(Math.max(0, 100 * f.share(rate)));
    }

    private static Value share(double share) {
        return share > 0 ? Value.of(100 * share) : Value.none();
    }

    private static String works(Fleet f) {
        return f.free() == 0 ? "no ratio works" : f.jointWins() ? "co-located carries more" : "yes";
    }

    static List<Picture> pictures(List<List<Fleet>> all) {
        var pictures = new ArrayList<Picture>();
        for (var fleets : all) {
            pictures.add(
                    new Picture.Lines(
                            "What a GPU serves by fleet size, " + fleets.getFirst().model().name(),
                            Axis.log("GPUs of the fleet"),
                            Axis.linear("% of a large fleet's output tokens/s/GPU"),
                            List.of(
                                    line("engines that are best without end", fleets, Fleet::whole),
                                    line("best pair for the size", fleets, Fleet::other),
                                    line("engines of several widths", fleets, Fleet::free),
                                    line("co-located", fleets, Fleet::joint)),
                            List.of(new Picture.Level("fleet without end", 100))));
        }
        return pictures;
    }

    private static Line line(String name, List<Fleet> fleets, ToDoubleFunction<Fleet> rate) {
        return Line.of(
                name,
                fleets.stream()
                        .map(f -> new Point(f.gpus(), 100 * f.share(rate.applyAsDouble(f))))
                        .toList());
    }

    static List<Note> notes(List<List<Fleet>> all) {
        boolean falls = true;
        var said = new ArrayList<String>();
        for (var fleets : all) {
            double small = fleets.getFirst().share(fleets.getFirst().other());
            double large = fleets.getLast().share(fleets.getLast().other());
            falls &= fleets.size() == 1 || large > small;
            said.add(
                    Words.say(
                            "%s %.0f %% on %d GPUs, %.0f %% on %d",
                            fleets.getFirst().model().name(),
                            100 * small,
                            fleets.getFirst().gpus(),
                            100 * large,
                            fleets.getLast().gpus()));
        }
        return List.of(
                new Note(
                        "Small deployments lose, as a fixed ratio does, because few ratios can be"
                                + " built (text on Fig. 10).",
                        falls,
                        String.join(", ", said) + ", with one kind of engine in each pool."));
    }
}
