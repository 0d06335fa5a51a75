package dev.ratematch.cli;

import dev.ratematch.costmodel.frontier.mix.MixSolver;
import dev.ratematch.costmodel.units.Check;
import dev.ratematch.k8s.emit.EmitTarget;
import dev.ratematch.sizing.Explain;
import dev.ratematch.sizing.Format;
import dev.ratematch.sizing.FrontierPlot;
import dev.ratematch.sizing.LoadAnswer;
import dev.ratematch.sizing.LoadReport;
import dev.ratematch.sizing.MixReport;
import dev.ratematch.sizing.ModelPlan;
import dev.ratematch.sizing.ModelReport;
import dev.ratematch.sizing.ModelTable;
import dev.ratematch.sizing.WorkersFile;
import dev.ratematch.sizing.launch.PlannedFleet;
import dev.ratematch.sizing.table.CsvFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// How many engines of which kind on a GPU budget.
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Finds the prefill and decode engines, and how many of each, that serve the "
                    + "most requests with a GPU budget.",
            "",
            "With --model, the cost model evaluates every valid engine shape and batch size "
                    + "that meets the latency targets and picks one shape per role. It also shows the "
                    + "next best plans, the capacity left when one engine is lost, the best mix of "
                    + "shapes, and co-located serving.",
            "",
            "With --rate or --concurrency, it finds the fewest GPUs that meet both targets "
                    + "at the percentile, including queueing, with the same queueing model as the "
                    + "controller.",
            "",
            "With --workers, it finds the best integer mix of engines that you have "
                    + "measured, from a CSV file with the header role,name,gpus,requests_per_s: role "
                    + "is prefill or decode, and requests_per_s is what one such worker sustains.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  ratematch plan --model deepseek-r1 --gpu gb200 --isl 8192 --osl 1024 \\",
            "      --ttft 5s --itl 25ms --gpus 72 --plot frontier.png",
            "  ratematch plan --model llama-3.1-70b --gpu b200 --isl 4096 --osl 512 \\",
            "      --ttft 2s --itl 30ms --rate 50",
            "  ratematch plan --service chat.yaml --isl 4096 --osl 512",
            "  ratematch plan --workers workers.csv --gpus 72 --format json",
            "  ratematch plan --model llama-3.1-70b --gpu b200 --isl 4096 --osl 512 --ttft 2s \\",
            "      --itl 40ms --gpus 32 --precision fp8 --emit vllm --out deployment",
            "",
            "Exit codes: 0 done; 1 a file could not be read or written; 2 an option or a "
                    + "file is wrong, or --out contains files that plan did not write; 3 no plan "
                    + "meets the targets."
        })
@SuppressWarnings("NullAway.Init")
public final class PlanCommand implements Callable<Integer> {

    /// Where no budget is given: engines are then looked at up to an NVLink domain.
    private static final int ANY_GPUS = 2;

    private static final int POINTS_MIN = 1000;
    private static final int POINTS_MAX = 50_000_000;

    @Spec private CommandSpec spec;

    @Option(
            names = "--workers",
            paramLabel = "FILE|-",
            description = "CSV file with measured workers; - reads standard input.")
    private @Nullable String workers;

    @Option(
            names = "--gpus",
            paramLabel = "N",
            description = Vocabulary.GPUS + " Optional with --rate or --concurrency.")
    private @Nullable Integer gpus;

    @Option(
            names = "--format",
            paramLabel = "table|json|csv",
            defaultValue = "table",
            description = "Output format. Default: ${DEFAULT-VALUE}.")
    private Format format;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "Write the frontier as .svg, .png or .html. With --model only.")
    private @Nullable Path plot;

    @Option(
            names = "--explain",
            description = "Print the time of each operator in the chosen steps. With --model only.")
    private boolean explain;

    @Option(
            names = "--points",
            paramLabel = "N",
            defaultValue = "20000",
            description =
                    "Design points to sweep for the frontier (--plot, --format json). Default:"
                            + " ${DEFAULT-VALUE}.")
    private int points;

    @Mixin private PlanModelOptions options = new PlanModelOptions();

    @Mixin private PlanLoadOptions load = new PlanLoadOptions();

    @Mixin private PlanEmitOptions emission = new PlanEmitOptions();

    @Override
    public Integer call() {
        try {
            if (workers == null) {
                gpus = options.take(gpus, load, spec.commandLine().getErr()::println);
            }
            if (load.given()) {
                return load();
            }
            if (gpus == null) {
                throw new IllegalArgumentException(
                        "--gpus is missing; give a GPU budget, or a load to size for "
                                + "(--rate or --concurrency).");
            }
            return workers != null ? workers(workers, gpus) : model(gpus);
        } catch (IllegalArgumentException | IOException e) {
            return WrongLine.said(spec.commandLine(), e);
        }
    }

    private int load() throws IOException {
        if (workers != null || plot != null || explain) {
            throw new IllegalArgumentException(
                    "--rate and --concurrency do not work with --workers, --plot and "
                            + "--explain; size first, then use these with the resulting --gpus.");
        }
        var offered = load.offered();
        var targets = targets();
        var request = options.request(gpus == null ? ANY_GPUS : gpus);
        var answer = LoadAnswer.of(request, offered, load.traffic(), gpus);
        emit(targets, checkpoint -> PlannedFleet.of(answer, checkpoint));
        spec.commandLine().getOut().print(new LoadReport(answer).text(format, Terminal.look()));
        spec.commandLine().getOut().flush();
        return 0;
    }

    private int model(int gpus) throws IOException {
        Check.within("--points", points, POINTS_MIN, POINTS_MAX);
        if (plot != null) {
            FrontierPlot.check(plot);
            if (!paged(plot)) {
                // Fonts take as long to load as the plan to make.
                Thread.ofPlatform().daemon().start(FrontierPlot::warmUp);
            }
        }
        var targets = targets();
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        var answer = ModelPlan.of(options.request(gpus));
        emit(targets, checkpoint -> PlannedFleet.of(answer, checkpoint));
        boolean swept = spec.commandLine().getParseResult().hasMatchedOption("--points");
        ModelPlan.Frontiers frontiers = null;
        if (plot != null || format == Format.json || swept) {
            var bar = new ProgressLine(err, Terminal.errIsSeen());
            frontiers = answer.frontiers(points, share -> bar.at("design points", share));
            bar.done();
        }
        switch (format) {
            case table -> out.print(new ModelTable(answer).text(Terminal.look()));
            case json -> out.print(new ModelReport(answer, frontiers).json());
            case csv -> {
                // Rows have no place for these.
                answer.request().warnings().forEach(what -> err.printf("Warning: %s%n", what));
                if (answer.plan().colocatedWins()) {
                    err.println(answer.advice());
                }
                out.print(new ModelReport(answer, frontiers).csv());
            }
        }
        if (explain && format == Format.table) {
            out.print(Explain.text(answer, Terminal.look()));
        }
        out.flush();
        if (swept && frontiers != null) {
            err.printf("Swept %d design points.%n", frontiers.points());
        }
        if (plot != null && frontiers != null) {
            if (paged(plot)) {
                Files.writeString(plot, FrontierPage.html(answer, frontiers));
            } else {
                FrontierPlot.write(plot, answer, frontiers);
            }
            err.printf("Frontier: %s%n", plot);
        }
        return 0;
    }

    /// Whether the picture is a page, which needs nothing drawn.
    private static boolean paged(Path plot) {
        return plot.toString().toLowerCase(Locale.ROOT).endsWith(".html");
    }

    /// What is to be emitted; the engine follows from it where none was given.
    private List<EmitTarget> targets() {
        var targets = emission.targets();
        if (!targets.isEmpty() && options.engine == null) {
            options.engine = PlanEmitOptions.engine(targets, PlanModelOptions.ENGINE);
            options.engineBy = "--emit";
        }
        return targets;
    }

    /// Before anything is printed: what cannot be emitted or written is refused.
    private void emit(List<EmitTarget> targets, Function<Optional<String>, PlannedFleet> fleetWith)
            throws IOException {
        if (targets.isEmpty()) {
            return;
        }
        var err = spec.commandLine().getErr();
        var fleet = fleetWith.apply(emission.checkpoint(options.model));
        var files = emission.files(fleet, targets);
        emission.write(files);
        fleet.notes().forEach(note -> err.printf("Warning: %s%n", note));
        err.printf("Deployment: %d files in %s%n", files.size(), emission.out);
    }

    private int workers(String source, int gpus) throws IOException {
        if (options.given() || plot != null || explain || !emission.targets().isEmpty()) {
            throw new IllegalArgumentException(
                    "--workers can only be combined with --gpus and --format.");
        }
        if (gpus < 2) {
            throw new IllegalArgumentException(
                    "--gpus (%d) must be at least 2, one for each role.".formatted(gpus));
        }
        String name = source.equals("-") ? "standard input" : source;
        var file = WorkersFile.of(CsvFile.parse(name, read(source)));
        var out = spec.commandLine().getOut();
        switch (MixSolver.solve(file.prefill(), file.decode(), gpus)) {
            case MixSolver.Result.Best(var mix) ->
                    out.print(new MixReport(file, mix).text(format, Terminal.look()));
            case MixSolver.Result.TooFewGpus(int missing) ->
                    throw new IllegalArgumentException(
                            ("--gpus (%d) is too small for one worker of each role: %d more %s"
                                            + " needed.")
                                    .formatted(gpus, missing, missing == 1 ? "is" : "are"));
        }
        out.flush();
        return 0;
    }

    private static String read(String file) throws IOException {
        if (file.equals("-")) {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        }
        try {
            return Files.readString(Path.of(file));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "--workers (%s) must be UTF-8 text.".formatted(file), e);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("--workers (%s) does not exist.".formatted(file), e);
        }
    }
}
