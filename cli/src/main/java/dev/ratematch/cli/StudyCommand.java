package dev.ratematch.cli;

import dev.ratematch.costmodel.units.Names;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.render.Markdown;
import dev.ratematch.experiments.render.Page;
import dev.ratematch.experiments.render.Rendering;
import dev.ratematch.experiments.study.Study;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Runs studies, prints what they found and writes it down: JSON and one page each.
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Exit codes: 0 done; 1 a file could not be read or written; 2 an option or the trace is"
                    + " wrong."
        })
@SuppressWarnings("NullAway.Init")
abstract class StudyCommand implements Callable<Integer> {

    private final List<Study> studies;

    @Spec private CommandSpec spec;

    @Mixin private ExperimentOptions options = new ExperimentOptions();

    @Option(
            names = "--out",
            defaultValue = "target/experiments",
            paramLabel = "DIR",
            description =
                    "Folder for NAME.json and the page NAME.html; created if missing. "
                            + "Default: ${DEFAULT-VALUE}.")
    private Path out;

    @Option(
            names = "--markdown",
            paramLabel = "DIR",
            description = "Also write NAME.md and its pictures (SVG) into this folder.")
    private @Nullable Path markdown;

    @Option(
            names = "--format",
            defaultValue = "table",
            description = "Output format: table or json. Default: ${DEFAULT-VALUE}.")
    private String format;

    StudyCommand(List<Study> studies) {
        this.studies = studies;
    }

    @Override
    public final Integer call() {
        try {
            return studied();
        } catch (IOException | UncheckedIOException e) {
            return WrongLine.said(spec.commandLine(), e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int studied() throws IOException {
        if (!List.of("table", "json").contains(format)) {
            throw Names.unknown("--format", format, List.of("table", "json"));
        }
        var err = spec.commandLine().getErr();
        var print = spec.commandLine().getOut();
        var asked = options.asked(err);
        var bar = new ProgressLine(err, Terminal.errIsSeen());
        var all = new ArrayList<Findings>();
        for (var study : studies) {
            var findings = study.run(asked, bar);
            bar.done();
            written(findings, err);
            all.add(findings);
            print.print(
                    format.equals("json")
                            ? Rendering.json(findings) + System.lineSeparator()
                            : Rendering.text(findings));
            print.flush();
        }
        if (markdown != null && studies.size() > 1) {
            write(markdown, "README.md", Markdown.index(all));
        }
        return 0;
    }

    private void written(Findings findings, PrintWriter err) throws IOException {
        write(out, findings.study() + ".json", Rendering.json(findings) + "\n");
        var page = write(out, findings.study() + ".html", Page.of(findings));
        err.printf("Page with pictures: %s%n", page);
        if (markdown != null) {
            for (var file : Markdown.files(findings).entrySet()) {
                write(markdown, file.getKey(), file.getValue());
            }
        }
        err.flush();
    }

    private static Path write(Path folder, String name, String content) throws IOException {
        Files.createDirectories(folder);
        return Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
    }
}
