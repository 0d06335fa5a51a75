package dev.ratematch.cli;

import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.costmodel.units.Names;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Judge;
import dev.ratematch.harness.judge.PlantWork;
import dev.ratematch.harness.judge.Report;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.traffic.Dispersion;
import dev.ratematch.harness.traffic.RateScale;
import dev.ratematch.harness.traffic.Trace;
import dev.ratematch.harness.traffic.TraceSource;
import dev.ratematch.harness.traffic.Window;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Policies side by side on one trace.
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs scaling policies on a simulated cluster with one trace and compares them.",
            "Each report starts with how much could be gained over the best fixed split."
        },
        footer = {
            "",
            "Examples:",
            "  ratematch simulate --trace gen:phase-inversion",
            "  ratematch simulate --trace my.csv.gz --model llama-3.1-70b --gpu b200 --gpus 32 \\",
            "      --ttft 2s --itl 30ms --rate-scale auto \\",
            "      --policy ratematch,static-best,bound --report report.html",
            "",
            "Exit codes: 0 done; 1 a file could not be read or written; 2 an option or the trace is"
                    + " wrong."
        })
@SuppressWarnings("NullAway.Init")
public final class SimulateCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--trace",
            required = true,
            paramLabel = "FILE|-|gen:NAME",
            description =
                    "Traffic: a trace file in any known format (gzip allowed), - for "
                            + "standard input, or gen:NAME for a generator.")
    private String trace;

    @Option(
            names = "--window",
            paramLabel = "FROM-TO",
            description = "Part of the trace to serve, such as 0h-2h or 10m-40m.")
    private @Nullable String window;

    @Mixin private TraceOptions reading = new TraceOptions();

    @Option(
            names = "--rate-scale",
            defaultValue = "1",
            paramLabel = "K|auto",
            description =
                    "Copies of each request (any number above 0), or auto: as many as "
                            + "make the busiest five minutes need 80 %% of the GPUs. Default: "
                            + "${DEFAULT-VALUE}; auto for gen: traces.")
    private String rateScale;

    @Option(
            names = "--model",
            defaultValue = "llama-3.1-70b",
            description = "Model. Default: ${DEFAULT-VALUE}.")
    private String model;

    @Option(names = "--gpu", defaultValue = "b200", description = "GPU. Default: ${DEFAULT-VALUE}.")
    private String gpu;

    @Option(
            names = "--gpus",
            paramLabel = "N",
            defaultValue = "32",
            description = Vocabulary.GPUS + " Default: ${DEFAULT-VALUE}.")
    private Integer gpus;

    @Option(
            names = "--ttft",
            converter = Seconds.Converter.class,
            defaultValue = "2s",
            paramLabel = "TIME",
            description = Vocabulary.TTFT + " Default: ${DEFAULT-VALUE}.")
    private Seconds ttft;

    @Option(
            names = "--itl",
            converter = Seconds.Converter.class,
            defaultValue = "30ms",
            paramLabel = "TIME",
            description = Vocabulary.ITL + " Default: ${DEFAULT-VALUE}.")
    private Seconds itl;

    @Option(
            names = "--percentile",
            defaultValue = "95",
            description =
                    "Percent of requests that must meet both targets. Default: ${DEFAULT-VALUE}.")
    private Double percentile;

    @Option(
            names = "--policy",
            split = ",",
            defaultValue = "ratematch,static-best,bound",
            paramLabel = "NAME",
            description = "Policies, separated by commas. Default: ${DEFAULT-VALUE}.")
    private List<String> policies;

    @Option(
            names = "--cycle",
            converter = Seconds.Converter.class,
            defaultValue = "15s",
            paramLabel = "TIME",
            description = "Scrape and control interval. Default: ${DEFAULT-VALUE}.")
    private Seconds cycle;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Random seed. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--format",
            defaultValue = "table",
            description = "Output format: table or json. Default: ${DEFAULT-VALUE}.")
    private String format;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write a self-contained HTML page with plots.")
    private @Nullable Path report;

    @Mixin private JournalOptions journal = new JournalOptions();

    @Option(names = "--service", paramLabel = "FILE", description = ServiceFile.DESCRIPTION)
    private @Nullable Path file;

    @Mixin private OptionValues law = new OptionValues();

    @Mixin private PlantOptions options = new PlantOptions();

    @Mixin private SwitchOptions switches = new SwitchOptions();

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        try {
            return simulate(out, err);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int simulate(PrintWriter out, PrintWriter err) throws IOException {
        check();
        var request = request(err::println);
        var slo = request.slo();
        var service = ServiceFactory.create(request);
        service.warnings().forEach(warning -> err.printf("Warning: %s%n", warning));
        var plant =
                options.plant(service.model(), service.gpu(), service.precision(), gpus, seed)
                        .withRoleSwitch(switches.of(service.spec().switching()));
        var source = source(err);
        var scaled = scaled(source, plant, slo);
        var episode = new Episode(plant, scaled.trace(), slo, cycle.value());
        var bar = new ProgressLine(err, Terminal.errIsSeen());
        var judge = new Judge(episode, service.spec(), service.laws(), bar);
        Judge.Verdict verdict;
        try (var written = journal.fresh(err::println)) {
            if (written != null) {
                written.service(service, State.INITIAL);
            }
            verdict = judge.run(policies, written == null ? _ -> {} : (Journal) written);
        }
        bar.done();
        var result =
                new Report(
                        scaled.trace().name(),
                        scaled.trace().requests().size(),
                        scaled.trace().seconds(),
                        scaled.factors(),
                        Dispersion.of(source),
                        Dispersion.of(scaled.trace()),
                        seed,
                        slo,
                        gpus,
                        "%s %s %s %s/%s"
                                .formatted(
                                        service.model(),
                                        service.gpu(),
                                        service.precision(),
                                        service.prefillParallel(),
                                        service.decodeParallel()),
                        options.startUp.value(),
                        verdict);
        if (report != null) {
            Files.writeString(report, SimulationPage.html(result), StandardCharsets.UTF_8);
            err.printf("Page with plots: %s%n", report);
        }
        out.print(
                format.equals("json")
                        ? result.json() + System.lineSeparator()
                        : result.table(Terminal.look()));
        out.flush();
        return 0;
    }

    private void check() {
        for (var policy : policies) {
            if (!Judge.POLICIES.contains(policy)) {
                throw Names.unknown("--policy", policy, Judge.POLICIES);
            }
        }
        if (!List.of("table", "json").contains(format)) {
            throw Names.unknown("--format", format, List.of("table", "json"));
        }
        inAFolder("--report", report);
        journal.check();
        if (journal.file() != null && policies.stream().filter("ratematch"::equals).count() != 1) {
            throw new IllegalArgumentException(
                    ("--journal (%s) needs --policy (%s) to include ratematch once, "
                                    + "since the journal records its cycles.")
                            .formatted(journal.file(), String.join(",", policies)));
        }
    }

    private static void inAFolder(String option, @Nullable Path file) {
        var folder = file == null ? null : file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "%s (%s): the folder %s does not exist.".formatted(option, file, folder));
        }
    }

    /// What is served: options go before the file, the file before what the options are usually.
    private ServiceRequest request(Consumer<String> say) {
        var given = spec.commandLine().getParseResult();
        var service = ServiceFile.read(file);
        BiPredicate<String, String> over =
                (option, field) -> given.hasMatchedOption(option) || !service.has(field);
        service.text("model", over.test("--model", "model") ? model : null)
                .text("gpu", over.test("--gpu", "gpu") ? gpu : null)
                .whole("budget_gpus", over.test("--gpus", "budget_gpus") ? gpus : null)
                .number(
                        "slo.ttft_ms",
                        over.test("--ttft", "slo.ttft_ms") ? Seconds.millis(ttft) : null)
                .number("slo.itl_ms", over.test("--itl", "slo.itl_ms") ? Seconds.millis(itl) : null)
                .number(
                        "slo.percentile",
                        over.test("--percentile", "slo.percentile") ? percentile : null);
        options.over(service, over, say);
        switches.over(service, over);
        law.into(service.fields());
        var request = service.request("simulate", options::used, say);
        options.take(request);
        gpus = request.budgetGpus();
        return request;
    }

    private Trace source(PrintWriter err) throws IOException {
        var whole = reading.load(trace, seed, err);
        if (window == null) {
            return whole;
        }
        var part = Window.parse(window);
        return whole.window(part.fromNanos(), part.toNanos());
    }

    private RateScale.Scaled scaled(Trace source, PlantSettings plant, Slo slo) {
        boolean given = spec.commandLine().getParseResult().hasMatchedOption("--rate-scale");
        String factor = given || !TraceSource.generated(trace) ? rateScale : RateScale.AUTO;
        return RateScale.named(source, factor, gpus, new PlantWork(plant, slo)::gpus, seed);
    }
}
