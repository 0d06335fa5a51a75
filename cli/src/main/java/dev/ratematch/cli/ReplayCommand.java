package dev.ratematch.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.replay.Difference;
import dev.ratematch.controller.replay.Replay;
import dev.ratematch.controller.replay.Replayed;
import dev.ratematch.controller.replay.Score;
import dev.ratematch.costmodel.units.Names;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The decisions of a journal, made again and compared.
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Decides every cycle of a journal again and says whether it comes out as recorded, and"
                    + " else where it first does not. Form of the lines: docs/journal.md."
        },
        footer = {
            "",
            "Example:",
            "  ratematch simulate --trace gen:phase-inversion --policy ratematch \\",
            "      --journal run.jsonl",
            "  ratematch replay run.jsonl",
            "  ratematch replay --score run.jsonl",
            "",
            "Exit codes: 0 every cycle came out as recorded; 1 one did not; 2 the file is no"
                    + " journal, or cycles had to be skipped."
        })
@SuppressWarnings("NullAway.Init")
public final class ReplayCommand implements Callable<Integer> {

    private static final int SHOWN = 200;

    @Spec private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Journals, as --journal writes them: one alone, or those of one run, the oldest"
                            + " first (run.jsonl.1 run.jsonl).")
    private List<Path> files;

    @Option(
            names = "--format",
            defaultValue = "text",
            paramLabel = "text|json",
            description = "Text, or one JSON object. Default: ${DEFAULT-VALUE}.")
    private String format;

    @Option(
            names = "--score",
            description = {
                "Say what each recommendation promised, what was measured once the fleet was as"
                        + " recommended, and what following or ignoring it cost."
            })
    private boolean score;

    @Override
    public Integer call() {
        var formats = List.of("text", "json");
        if (!formats.contains(format)) {
            throw wrong(Names.unknown("--format", format, formats));
        }
        var replayed = new LinkedHashMap<Path, Replayed>();
        var booked = new Score();
        for (var file : files) {
            replayed.put(file, replayed(file, booked));
        }
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        replayed.forEach(
                (file, each) -> each.notes().forEach(note -> err.printf("%s, %s%n", file, note)));
        if (score && booked.otherwise() > 0) {
            err.printf(
                    "%d %s otherwise by this build; what was recommended then is unknown.%n",
                    booked.otherwise(),
                    booked.otherwise() == 1 ? "cycle comes out" : "cycles come out");
        }
        err.flush();
        if (format.equals("json")) {
            var node = json(replayed);
            if (score) {
                scores(node, booked);
            }
            out.println(node);
        } else if (score) {
            booked.scores()
                    .forEach(
                            (of, scores) -> {
                                out.print(of.isEmpty() ? "" : "%s:%n".formatted(of));
                                out.print(ScoreText.of(scores));
                            });
        } else {
            replayed.forEach((file, each) -> out.println(text(file, each)));
        }
        out.flush();
        if (replayed.values().stream().anyMatch(each -> !each.identical())) {
            return 1;
        }
        boolean whole =
                replayed.values().stream().allMatch(each -> each.skipped() == 0)
                        && replayed.values().stream().anyMatch(each -> each.cycles() > 0);
        return whole ? 0 : 2;
    }

    private Replayed replayed(Path file, Score booked) {
        try {
            return JournalFile.replayed(file, new Replay(booked));
        } catch (IllegalArgumentException e) {
            throw wrong(e);
        }
    }

    private ParameterException wrong(IllegalArgumentException e) {
        return new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }

    /// Of one file, or of several as one journal; the file is named where there are several.
    private static ObjectNode json(Map<Path, Replayed> replayed) {
        var node = JsonNodeFactory.instance.objectNode();
        boolean several = replayed.size() > 1;
        node.put("cycles", replayed.values().stream().mapToLong(Replayed::cycles).sum());
        node.put("identical", replayed.values().stream().allMatch(Replayed::identical));
        node.putNull("first_difference");
        for (var each : replayed.entrySet()) {
            var first = each.getValue().first();
            if (first != null) {
                var where = node.putObject("first_difference");
                if (several) {
                    where.put("file", each.getKey().toString());
                }
                where.put("line", first.line());
                where.put("at_s", first.atSeconds());
                where.put("field", first.field());
                where.set("recorded", orNull(first.recorded()));
                where.set("replayed", orNull(first.replayed()));
                break;
            }
        }
        if (replayed.values().stream().anyMatch(each -> !each.notes().isEmpty())) {
            node.put("skipped", replayed.values().stream().mapToLong(Replayed::skipped).sum());
            var notes = node.putArray("notes");
            replayed.forEach(
                    (file, each) ->
                            each.notes()
                                    .forEach(
                                            note ->
                                                    notes.add(
                                                            several ? file + ", " + note : note)));
        }
        return node;
    }

    private static void scores(ObjectNode node, Score booked) {
        node.put("decided_otherwise", booked.otherwise());
        var all = node.putArray("scores");
        booked.scores()
                .forEach(
                        (of, scores) -> {
                            var each = all.addObject();
                            if (!of.isEmpty()) {
                                each.put("ratematcher", of);
                            }
                            each.setAll(ScoreJson.of(scores));
                        });
    }

    private static JsonNode orNull(JsonNode value) {
        return value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value;
    }

    private static String text(Path file, Replayed replayed) {
        var first = replayed.first();
        String skipped =
                replayed.skipped() == 0
                        ? ""
                        : " %d could not be decided again.".formatted(replayed.skipped());
        return first == null
                ? "%s: %d cycles decided again, all as recorded.%s"
                        .formatted(file, replayed.cycles(), skipped)
                : "%s: %d cycles decided again; the first that differs is %s.%s"
                        .formatted(file, replayed.cycles(), text(first), skipped);
    }

    private static String text(Difference first) {
        return String.format(
                Locale.ROOT,
                "line %d, at %s s: %s was %s and is now %s",
                first.line(),
                first.atSeconds(),
                first.field(),
                shown(first.recorded()),
                shown(first.replayed()));
    }

    private static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "missing" : value.toString();
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
