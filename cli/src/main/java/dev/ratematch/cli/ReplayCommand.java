package dev.ratematch.cli;

import dev.ratematch.controller.replay.Replay;
import dev.ratematch.controller.replay.ReplayReport;
import dev.ratematch.controller.replay.Replayed;
import dev.ratematch.controller.replay.Score;
import dev.ratematch.controller.replay.ScoreText;
import dev.ratematch.costmodel.units.Names;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
            "Decides every cycle of a journal again and reports whether all decisions are "
                    + "as recorded, or the first one that differs. File format: docs/journal.md."
        },
        footer = {
            "",
            "Example:",
            "  ratematch simulate --trace gen:phase-inversion --policy ratematch \\",
            "      --journal run.jsonl",
            "  ratematch replay run.jsonl",
            "  ratematch replay --score run.jsonl",
            "",
            "Exit codes: 0 all decisions are as recorded; 1 one differs; 2 the file is not "
                    + "a journal, or cycles had to be skipped."
        })
@SuppressWarnings("NullAway.Init")
public final class ReplayCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Journal written by --journal; for a run with rotated files, all of "
                            + "them, oldest first (run.jsonl.1 run.jsonl).")
    private List<Path> files;

    @Option(
            names = "--format",
            defaultValue = "text",
            paramLabel = "text|json",
            description = "Output format: text, or one JSON object. Default: ${DEFAULT-VALUE}.")
    private String format;

    @Option(
            names = "--score",
            description = {
                "Report for each recommendation what it predicted, what was measured "
                        + "once the fleet was as recommended, and what following or ignoring it "
                        + "cost."
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
                    "%d %s differently with this build; what was recommended in them is "
                            + "unknown.%n",
                    booked.otherwise(),
                    booked.otherwise() == 1 ? "cycle comes out" : "cycles come out");
        }
        err.flush();
        if (format.equals("json")) {
            out.println(ReplayReport.json(replayed, score ? booked : null));
        } else if (score) {
            out.print(ScoreText.of(booked));
        } else {
            replayed.forEach((file, each) -> out.println(ReplayReport.text(file.toString(), each)));
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
}
