package dev.ratematch.cli;

import dev.ratematch.controller.replay.NotAJournalException;
import dev.ratematch.controller.replay.Replay;
import dev.ratematch.controller.replay.ReplayReport;
import dev.ratematch.controller.replay.Replayed;
import dev.ratematch.costmodel.units.Names;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
            "Decides every cycle of a journal again and says whether it comes out as recorded, and"
                    + " else where it first does not. Form of the lines: docs/journal.md."
        },
        footer = {
            "",
            "Example:",
            "  ratematch simulate --trace gen:phase-inversion --policy ratematch \\",
            "      --journal run.jsonl",
            "  ratematch replay run.jsonl",
            "",
            "Exit codes: 0 every cycle came out as recorded; 1 one did not; 2 the file is no"
                    + " journal, or cycles had to be skipped."
        })
@SuppressWarnings("NullAway.Init")
public final class ReplayCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A journal, as --journal writes it.")
    private Path file;

    @Option(
            names = "--format",
            defaultValue = "text",
            paramLabel = "text|json",
            description = "Text, or one JSON object. Default: ${DEFAULT-VALUE}.")
    private String format;

    @Override
    public Integer call() {
        var formats = List.of("text", "json");
        if (!formats.contains(format)) {
            throw wrong(Names.unknown("--format", format, formats));
        }
        var replayed = replayed();
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        replayed.notes().forEach(note -> err.printf("%s, %s%n", file, note));
        err.flush();
        out.println(
                format.equals("json")
                        ? ReplayReport.json(replayed)
                        : ReplayReport.text(file.toString(), replayed));
        out.flush();
        if (!replayed.identical()) {
            return 1;
        }
        return replayed.skipped() > 0 || replayed.cycles() == 0 ? 2 : 0;
    }

    private Replayed replayed() {
        var replay = new Replay();
        try (var lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                replay.line(line);
            }
            return replay.end();
        } catch (NotAJournalException e) {
            throw wrong(
                    new IllegalArgumentException("FILE (%s), %s".formatted(file, e.getMessage())));
        } catch (NoSuchFileException e) {
            throw wrong(
                    new IllegalArgumentException(
                            "FILE (%s) does not exist; it must be a journal.".formatted(file), e));
        } catch (CharacterCodingException e) {
            throw wrong(
                    new IllegalArgumentException(
                            "FILE (%s) is not UTF-8 text; it must be a journal.".formatted(file),
                            e));
        } catch (IOException e) {
            throw wrong(
                    new IllegalArgumentException(
                            "FILE (%s) cannot be read: %s.".formatted(file, e.getMessage()), e));
        }
    }

    private ParameterException wrong(IllegalArgumentException e) {
        return new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
}
