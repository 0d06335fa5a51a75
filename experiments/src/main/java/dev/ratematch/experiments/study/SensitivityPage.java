package dev.ratematch.experiments.study;

import dev.ratematch.experiments.findings.Findings.Note;
import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Picture.Axis;
import dev.ratematch.experiments.findings.Picture.Line;
import dev.ratematch.experiments.findings.Picture.Point;
import dev.ratematch.experiments.findings.Table;
import dev.ratematch.experiments.findings.Table.Column;
import dev.ratematch.experiments.findings.Value;
import dev.ratematch.experiments.study.Sensitivity.Cell;
import dev.ratematch.experiments.study.Sensitivity.LengthMap;
import dev.ratematch.experiments.study.Sensitivity.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// How the sensitivity to lengths is shown.
final class SensitivityPage {

    /// Index of the prompts of 4K among those of a line, at which the paper compares sizes.
    private static final int SHORT = 3;

    private SensitivityPage() {}

    static String answer(List<LengthMap> maps, Cell centre) {
        var map = maps.getFirst();
        var cells = map.served();
        if (cells.isEmpty()) {
            return "No pair of pools keeps the promise at any length: allow more time.";
        }
        var least =
                cells.stream().min((a, b) -> Double.compare(a.ratio(), b.ratio())).orElseThrow();
        var most = cells.stream().max((a, b) -> Double.compare(a.ratio(), b.ratio())).orElseThrow();
        String known =
                centre.split() > 0 && centre.joint() > 0
                        ? Words.say(
                                ", %.1f times as much at %s in and %s out",
                                centre.gain(),
                                Words.tokens(centre.load().inputTokens()),
                                Words.tokens(centre.load().outputTokens()))
                        : "";
        String other =
                maps.size() > 1
                        ? Words.say(
                                "; for %s at %d of %d",
                                maps.getLast().model(),
                                maps.getLast().pays(),
                                maps.getLast().served().size())
                        : "";
        return Words.say(
                "For %s the best prefill:decode ratio runs from %s (%s in, %s out) to %s (%s in, %s"
                        + " out), and disaggregation carries at least as much as co-located serving"
                        + " at %d of %d pairs of lengths%s%s.",
                map.model(),
                Words.ratio(least.ratio()),
                Words.tokens(least.load().inputTokens()),
                Words.tokens(least.load().outputTokens()),
                Words.ratio(most.ratio()),
                Words.tokens(most.load().inputTokens()),
                Words.tokens(most.load().outputTokens()),
                map.pays(),
                cells.size(),
                known,
                other);
    }

    static List<Table> tables(List<LengthMap> maps, List<Series> lines) {
        var tables = new ArrayList<Table>();
        maps.forEach(map -> tables.add(points(map)));
        tables.add(bySize(lines));
        return tables;
    }

    private static Table points(LengthMap map) {
        var rows = new ArrayList<List<Value>>();
        for (var row : map.rows()) {
            for (var cell : row) {
                rows.add(
                        List.of(
                                Value.of(cell.load().inputTokens()),
                                Value.of(cell.load().outputTokens()),
                                Value.of(cell.ratio()),
                                Value.of(cell.split()),
                                Value.of(cell.joint()),
                                Value.of(cell.gain())));
            }
        }
        return new Table(
                "Every pair of lengths, " + map.model(),
                List.of(
                        new Column("ISL", "tokens", 0),
                        new Column("OSL", "tokens", 0),
                        new Column("prefill:decode GPUs", "", 3),
                        new Column("disaggregated", "output tokens/s/GPU", 1),
                        new Column("co-located", "output tokens/s/GPU", 1),
                        new Column("gain", "times", 2)),
                rows);
    }

    private static Table bySize(List<Series> lines) {
        var rows = new ArrayList<List<Value>>();
        for (var series : lines) {
            for (var cell : series.cells()) {
                rows.add(
                        List.of(
                                Value.of(series.name()),
                                Value.of(cell.load().inputTokens()),
                                Value.of(cell.ratio()),
                                Value.of(cell.split()),
                                Value.of(cell.gain())));
            }
        }
        return new Table(
                "By model size and NVLink domain, at the reference answer length",
                List.of(
                        Column.of("model"),
                        new Column("ISL", "tokens", 0),
                        new Column("prefill:decode GPUs", "", 3),
                        new Column("disaggregated", "output tokens/s/GPU", 1),
                        new Column("gain", "times", 2)),
                rows);
    }

    static List<Picture> pictures(List<LengthMap> maps, List<Series> lines) {
        var pictures = new ArrayList<Picture>();
        for (var map : maps) {
            pictures.add(
                    grid(
                            "Best prefill:decode GPUs, " + map.model() + "; the line is 1:1",
                            map.rows(),
                            c -> Math.log10(c.ratio()),
                            c -> Words.ratio(c.ratio()),
                            0));
            pictures.add(
                    grid(
                            "Disaggregated over co-located, times, "
                                    + map.model()
                                    + "; the line is the threshold",
                            map.rows(),
                            c -> c.joint() > 0 ? Math.log10(c.gain()) : Double.NaN,
                            SensitivityPage::gain,
                            0));
        }
        pictures.add(
                plot(
                        "Best ratio by model and domain",
                        "prefill GPUs per decode GPU",
                        lines,
                        Cell::ratio));
        pictures.add(
                plot(
                        "Gain over co-located by model and domain",
                        "ratio of output tokens/s/GPU",
                        lines,
                        Cell::gain));
        return pictures;
    }

    private static String gain(Cell cell) {
        return cell.joint() == 0 ? "only split" : Words.say("%.2f", cell.gain());
    }

    private static Picture grid(
            String title,
            List<List<Cell>> map,
            ToDoubleFunction<Cell> value,
            Function<Cell, String> text,
            double threshold) {
        var inputs =
                map.getFirst().stream().map(c -> Words.tokens(c.load().inputTokens())).toList();
        var outputs =
                map.stream().map(r -> Words.tokens(r.getFirst().load().outputTokens())).toList();
        var cells =
                map.stream()
                        .map(
                                row ->
                                        row.stream()
                                                .map(
                                                        c ->
                                                                new Picture.Map.Cell(
                                                                        value.applyAsDouble(c),
                                                                        Double.isNaN(c.ratio())
                                                                                ? "too slow"
                                                                                : text.apply(c)))
                                                .toList())
                        .toList();
        return new Picture.Map(
                title,
                new Picture.Map.Scale("prompt (ISL), tokens", inputs),
                new Picture.Map.Scale("answer (OSL), tokens", outputs),
                cells,
                "decades",
                threshold);
    }

    private static Picture plot(
            String title, String unit, List<Series> lines, ToDoubleFunction<Cell> value) {
        var drawn = new ArrayList<Line>();
        for (var series : lines) {
            drawn.add(
                    Line.of(
                            series.name(),
                            series.cells().stream()
                                    .map(
                                            c ->
                                                    new Point(
                                                            c.load().inputTokens(),
                                                            value.applyAsDouble(c)))
                                    .toList()));
        }
        return new Picture.Lines(
                title, Axis.log("prompt (ISL), tokens"), Axis.log(unit), drawn, List.of());
    }

    static List<Note> notes(List<Series> lines, List<List<Cell>> map) {
        var notes = new ArrayList<Note>();
        double heavy = map.getFirst().getLast().gain();
        double light = map.getLast().getFirst().gain();
        notes.add(
                new Note(
                        "The gain is largest where prompts are long and answers short, and narrows"
                                + " towards generation-heavy traffic (Fig. 8).",
                        heavy > light || Double.isNaN(light),
                        Words.say(
                                "%.2f times at the longest prompt and shortest answer, %.2f at the"
                                        + " shortest prompt and longest answer.",
                                heavy, light)));
        byModelSize(lines, notes);
        double narrow = lines.getLast().cells().getLast().split();
        double wide = lines.get(lines.size() - 2).cells().getLast().split();
        notes.add(
                new Note(
                        "A larger NVLink domain is better throughout (Fig. 11).",
                        wide >= narrow,
                        Words.say(
                                "%.1f against %.1f output tokens/s/GPU at the longest prompt.",
                                wide, narrow)));
        return notes;
    }

    private static void byModelSize(List<Series> lines, List<Note> notes) {
        var sizes = lines.stream().filter(s -> s.name().matches("llama-3.1-[0-9]+b")).toList();
        if (sizes.size() < 3) {
            return;
        }
        var gains = sizes.stream().mapToDouble(s -> s.cells().get(SHORT).gain()).toArray();
        boolean grows = true;
        for (int i = 1; i < gains.length; i++) {
            grows &= gains[i] > gains[i - 1];
        }
        var each = new ArrayList<String>();
        for (int i = 0; i < gains.length; i++) {
            each.add(Words.say("%s %.2f times", sizes.get(i).name(), gains[i]));
        }
        notes.add(
                new Note(
                        "The gain grows with the model (Fig. 7).",
                        grows,
                        Words.say(
                                "at %s in, %s.%s",
                                Words.tokens(
                                        sizes.getFirst().cells().get(SHORT).load().inputTokens()),
                                String.join(", ", each),
                                grows
                                        ? ""
                                        : " One inter-token latency for all sizes stands at another"
                                                + " place of each one's own range; docs/paper.md"
                                                + " compares them at equal shares of their"
                                                + " fastest.")));
    }
}
