package dev.ratematch.cli;

import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.JsonLinesJournal;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.harness.demo.DemoScene;
import dev.ratematch.harness.demo.DemoSummary;
import dev.ratematch.harness.demo.DemoView;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Judge;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.judge.StaticSearch;
import dev.ratematch.harness.tournament.Policies;
import dev.ratematch.harness.traffic.Window;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The product at work in two minutes.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs the controller on a simulated cluster, in accelerated time and over real "
                    + "HTTP, while the traffic changes from long prompts to long answers and then to "
                    + "a mix of both. This is the scenario inversion-0.6 of ratematch judge.",
            "Ends with a summary: what the best fixed split serves, what ratematch serves, "
                    + "and the upper bound."
        },
        footer = {
            "",
            "Exit codes: 0 done; 1 failed; 2 the command line is wrong; 130 interrupted.",
            "The same seed gives the same results at any speed."
        })
public final class DemoCommand implements Callable<Integer> {

    /// How the summary is written.
    enum Format {
        TABLE,
        JSON
    }

    @Option(names = "--headless", description = "Print only the summary, without the live view.")
    private boolean headless;

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description =
                    "Format of the summary; json also turns the live view off. Default: table.")
    private String format = "table";

    @Option(
            names = "--speed",
            paramLabel = "FACTOR",
            defaultValue = "120",
            description =
                    "Simulated seconds per second, or max for as fast as possible. "
                            + "Default: ${DEFAULT-VALUE}.")
    private String speed = "120";

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Random seed. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Mixin private JournalOptions journal = new JournalOptions();

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write the report as an HTML page.")
    private @Nullable Path report;

    @Mixin private ConsoleServerOptions consoles = new ConsoleServerOptions();

    @Option(
            names = "--stay",
            description =
                    "Keep serving the console after the demo ends, until interrupted. "
                            + "During the demo the console is served on a free port with the live "
                            + "view, otherwise only on --console-port.")
    private boolean stay;

    @Mixin private ControlOptions control = new ControlOptions();

    @Option(
            names = "--window",
            hidden = true,
            description = "Part of the trace to run, such as 0s-300s.")
    private @Nullable String window;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        double factor = speed();
        var form = format();
        checked(journal);
        writable("--report", report);
        var scene = controlled(scene());
        var bar = new ProgressLine(spec.commandLine().getErr(), Terminal.errIsSeen());
        var service = scene.service();
        var anchors =
                new Judge(scene.episode(), service.spec(), service.laws(), bar)
                        .run(List.of(), _ -> {});
        var rightSized =
                new StaticSearch(scene.episode())
                        .rightSized(anchors.staticBest())
                        .named(Policies.RIGHT_SIZED);
        bar.done();
        boolean quiet = headless || form == Format.JSON;
        try (var console = DemoConsole.open(spec, consoles, quiet, scene.service())) {
            var live = live(scene, anchors, factor, quiet, bar, console);
            bar.done();
            conclude(scene, anchors, rightSized, live, form);
            console.stay(stay);
        }
        return 0;
    }

    private void conclude(
            DemoScene scene, Judge.Verdict anchors, Outcome rightSized, Outcome live, Format form)
            throws IOException {
        var verdict =
                new Judge.Verdict(
                        anchors.staticBest(),
                        anchors.bound(),
                        List.of(anchors.staticBest(), rightSized, live, anchors.bound()));
        var page = scene.report(verdict);
        if (report != null) {
            Files.writeString(report, SimulationPage.html(page), StandardCharsets.UTF_8);
        }
        var out = spec.commandLine().getOut();
        if (form == Format.JSON) {
            out.println(page.json());
        } else {
            out.print(DemoSummary.of(scene, verdict, live, Terminal.look()));
        }
        out.flush();
    }

    private Outcome live(
            DemoScene scene,
            Judge.Verdict anchors,
            double factor,
            boolean quiet,
            Progress bar,
            DemoConsole console)
            throws IOException {
        var service = scene.service();
        try (var written = journal(service);
                var screen = quiet ? null : screen(scene, anchors.split())) {
            return scene.live(
                    factor,
                    written == null ? Journal.NONE : written,
                    console.beside(screen),
                    share -> {
                        if (quiet) {
                            bar.at("ratematch over HTTP", share);
                        }
                    });
        }
    }

    private @Nullable JsonLinesJournal journal(Service service) {
        var written = journal.fresh(spec.commandLine().getErr()::println);
        if (written != null) {
            written.service(service, State.INITIAL);
        }
        return written;
    }

    private void checked(JournalOptions options) {
        try {
            options.check();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private DemoScreen screen(DemoScene scene, Episode.Pair staticBest) throws IOException {
        var view =
                new DemoView(
                        scene.scaled().trace(),
                        scene.scenario().slo(),
                        scene.scenario().site().gpus(),
                        scene.service().spec().prefill().gpusPerReplica(),
                        staticBest.label(),
                        Terminal.outHasBlocks());
        return new DemoScreen(view, spec.commandLine().getOut(), Terminal.outIsSeen());
    }

    private DemoScene scene() {
        try {
            return DemoScene.of(seed, window == null ? null : Window.parse(window));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--window (%s): %s".formatted(window, e.getMessage()), e);
        }
    }

    private DemoScene controlled(DemoScene plain) {
        try {
            var request = control.applied(plain.service().request());
            return plain.with(ServiceFactory.create(request));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private double speed() {
        if (speed.equals("max")) {
            return Double.POSITIVE_INFINITY;
        }
        try {
            double factor = Double.parseDouble(speed);
            if (factor > 0) {
                return factor;
            }
        } catch (NumberFormatException e) {
            // Said below, as for any other value that is no speed.
        }
        throw new ParameterException(
                spec.commandLine(),
                "--speed (%s) must be a number above 0, or max.".formatted(speed));
    }

    private Format format() {
        return switch (format.toLowerCase(Locale.ROOT)) {
            case "table" -> Format.TABLE;
            case "json" -> Format.JSON;
            default ->
                    throw new ParameterException(
                            spec.commandLine(),
                            "--format (%s) must be table or json.".formatted(format));
        };
    }

    /// Says so before the work, not after it.
    private void writable(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        var folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "%s (%s) must be a file in an existing, writable folder."
                            .formatted(option, file));
        }
    }
}
