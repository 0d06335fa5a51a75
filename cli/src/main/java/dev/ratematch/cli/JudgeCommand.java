package dev.ratematch.cli;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.units.Check;
import dev.ratematch.costmodel.units.Names;
import dev.ratematch.harness.scenario.Scenario;
import dev.ratematch.harness.scenario.Scenarios;
import dev.ratematch.harness.scenario.Site;
import dev.ratematch.harness.tournament.Ablation;
import dev.ratematch.harness.tournament.LoadSearch;
import dev.ratematch.harness.tournament.Policies;
import dev.ratematch.harness.tournament.Setting;
import dev.ratematch.harness.tournament.StandingsJson;
import dev.ratematch.harness.tournament.Tables;
import dev.ratematch.harness.tournament.Tournament;
import java.io.IOException;
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

/// Every policy on every scenario of the judge.
@Command(
        name = "judge",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs scaling policies on a set of scenarios, each starting from an even split, "
                    + "and compares them with the best fixed split and with an oracle.",
            "Results already in the --out folder are reused, not run again."
        },
        footer = {
            "",
            "Examples:",
            "  ratematch judge --scenarios inversion-0.6 --seeds 1-3 --policies ratematch,oracle",
            "  ratematch judge --option demandMargin=0.1 --seeds 1-2",
            "",
            "Exit codes: 0 done; 1 a file could not be read or written; 2 an option is wrong."
        })
@SuppressWarnings("NullAway.Init")
public final class JudgeCommand implements Callable<Integer> {

    private static final int QUICK_EFFORT = 8;

    private static final List<String> QUICK_POLICIES =
            List.of(
                    Policies.BOUND,
                    Policies.ORACLE,
                    Policies.STATIC_BEST,
                    Policies.RIGHT_SIZED,
                    Policies.OURS,
                    "proportional");

    @Spec private CommandSpec spec;

    @Option(
            names = "--scenarios",
            split = ",",
            paramLabel = "NAME",
            description = "Scenarios, separated by commas. Default: all.")
    private List<String> scenarios = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "N|FROM-TO",
            description = "Seeds. Default: 1-5, 1 with --quick.")
    private String seeds = "";

    @Option(
            names = "--policies",
            split = ",",
            paramLabel = "NAME",
            description = "Policies, separated by commas. Default: all.")
    private List<String> policies = List.of();

    @Option(
            names = "--out",
            defaultValue = "target/judge",
            paramLabel = "FOLDER",
            description = "Folder for results. Default: ${DEFAULT-VALUE}.")
    private Path out;

    @Option(
            names = "--traces",
            defaultValue = "../shared/traces",
            paramLabel = "DIR",
            description = "Folder with recorded traces. Default: ${DEFAULT-VALUE}.")
    private Path traces;

    @Option(
            names = "--effort",
            defaultValue = "40",
            description = "Number of timetables that the oracle tries. Default: ${DEFAULT-VALUE}.")
    private int effort;

    @Option(
            names = "--workers",
            defaultValue = "2",
            description = "Scenarios to run in parallel. Default: ${DEFAULT-VALUE}.")
    private int workers;

    @Option(
            names = "--quick",
            description =
                    "Run a few small scenarios with one seed and fewer policies, in "
                            + "some minutes: a check that it works, not a ranking.")
    private boolean quick;

    @Option(
            names = "--find-loads",
            description =
                    "Find, for each scenario, the load that separates the policies, and print it.")
    private boolean findLoads;

    @Option(
            names = "--ablate",
            description =
                    "Run ratematch with each option of the control law off, halved and "
                            + "doubled, and print how the mean regret changes.")
    private boolean ablate;

    @Option(
            names = "--write",
            paramLabel = "FILE",
            description = "Also write the report into this file, between its two markers.")
    private @Nullable Path document;

    @Option(
            names = "--format",
            defaultValue = "table",
            paramLabel = "table|json",
            description = "Output format: Markdown tables, or one JSON object. Default: table.")
    private String format;

    @Mixin private ControlOptions law = new ControlOptions();

    @Override
    public Integer call() throws InterruptedException, IOException {
        try {
            return judge();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int judge() throws InterruptedException, IOException {
        var err = spec.commandLine().getErr();
        var print = spec.commandLine().getOut();
        var asked = policies();
        boolean json = json();
        Check.atLeast("--workers", workers, 1);
        Check.atLeast("--effort", effort, 0);
        if (document != null) {
            MarkedPart.check(document);
        }
        var setting = new Setting(traces, tuning(), quick ? QUICK_EFFORT : effort, workers);
        var bar = new ProgressLine(err, Terminal.errIsSeen());
        String report;
        String printed;
        if (findLoads) {
            var search = new LoadSearch(setting, out);
            chosen().stream()
                    .filter(s -> s.playable(traces))
                    .map(search::find)
                    .forEach(
                            line -> {
                                print.println(line);
                                print.flush();
                            });
            return 0;
        }
        if (ablate) {
            report =
                    new Ablation(setting, other -> new Tournament(other, out, bar))
                            .markdown(chosen(), seeds());
            printed = shown(report);
        } else {
            var standings = new Tournament(setting, out, bar).run(chosen(), seeds(), asked);
            report = new Tables(standings).markdown();
            printed = json ? StandingsJson.of(standings) + System.lineSeparator() : shown(report);
        }
        bar.done();
        print.print(printed);
        print.flush();
        if (document != null) {
            MarkedPart.write(document, report);
        }
        return 0;
    }

    private static String shown(String report) {
        return Terminal.outIsSeen() ? MarkdownText.of(report, Terminal.look()) : report;
    }

    private boolean json() {
        if (!List.of("table", "json").contains(format)) {
            throw Names.unknown("--format", format, List.of("table", "json"));
        }
        boolean json = format.equals("json");
        if (json && (findLoads || ablate)) {
            throw new IllegalArgumentException(
                    ("--format json only works for a comparison of policies: leave out "
                                    + "%s, or use --format table.")
                            .formatted(findLoads ? "--find-loads" : "--ablate"));
        }
        return json;
    }

    private List<String> policies() {
        var asked = policies.isEmpty() ? quick ? QUICK_POLICIES : Policies.all() : policies;
        for (var policy : asked) {
            if (!Policies.all().contains(policy)) {
                throw Names.unknown("--policies", policy, Policies.all());
            }
        }
        return asked;
    }

    private Tuning tuning() {
        var any = ServiceRequest.of(Site.MODEL, Site.GPU, new Slo(2, 0.03, 95), 32);
        return law.applied(any).tuning();
    }

    private List<Scenario> chosen() {
        var all = Scenarios.all();
        if (scenarios.isEmpty()) {
            return quick ? Scenarios.quick() : all;
        }
        var names = all.stream().map(Scenario::name).toList();
        var chosen = new ArrayList<Scenario>();
        for (var name : scenarios) {
            int at = names.indexOf(name);
            if (at < 0) {
                throw Names.unknown("--scenarios", name, names);
            }
            chosen.add(all.get(at));
        }
        return chosen;
    }

    private List<Long> seeds() {
        String given = seeds.isEmpty() ? quick ? "1" : "1-5" : seeds;
        try {
            var ends = given.split("-", 2);
            long from = Long.parseLong(ends[0]);
            long to = Long.parseLong(ends[ends.length - 1]);
            if (from <= to && to - from < 1000) {
                var all = new ArrayList<Long>();
                for (long seed = from; seed <= to; seed++) {
                    all.add(seed);
                }
                return all;
            }
        } catch (NumberFormatException e) {
            // Answered below, like a range that runs backwards.
        }
        throw new IllegalArgumentException(
                "--seeds (%s) must be a number or a range such as 1-5.".formatted(seeds));
    }
}
