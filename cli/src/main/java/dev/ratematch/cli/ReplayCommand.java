package dev.ratematch.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.replay.Difference;
import dev.ratematch.controller.replay.NotAJournalException;
import dev.ratematch.controller.replay.Replay;
import dev.ratematch.controller.replay.Replayed;
import dev.ratematch.costmodel.units.Names;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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

    private static final int SHOWN = 200;

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
        out.println(format.equals("json") ? json(replayed) : text(replayed));
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

    private static ObjectNode json(Replayed replayed) {
        var node = JsonNodeFactory.instance.objectNode();
        node.put("cycles", replayed.cycles());
        node.put("identical", replayed.identical());
        var first = replayed.first();
        if (first == null) {
            node.putNull("first_difference");
        } else {
            var where = node.putObject("first_difference");
            where.put("line", first.line());
            where.put("at_s", first.atSeconds());
            where.put("field", first.field());
            where.set("recorded", orNull(first.recorded()));
            where.set("replayed", orNull(first.replayed()));
        }
        if (!replayed.notes().isEmpty()) {
            node.put("skipped", replayed.skipped());
            var notes = node.putArray("notes");
            replayed.notes().forEach(notes::add);
        }
        return node;
    }

    private static JsonNode orNull(JsonNode value) {
        return value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value;
    }

    private String text(Replayed replayed) {
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
