package dev.ratematch.cli;

import dev.ratematch.controller.publish.ConsolePort;
import dev.ratematch.dashboards.console.Console;
import dev.ratematch.k8s.operator.JournalSettings;
import dev.ratematch.k8s.operator.OperatorProcess;
import dev.ratematch.k8s.operator.OperatorSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ratematch operator`: the control loop as a Kubernetes operator.
@Command(
        name = "operator",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs the Kubernetes operator: one control loop per RateMatcher resource.",
            "",
            "A RateMatcher in mode Recommend only says what it would do; in mode Auto the operator"
                    + " also scales its two targets. Nothing is written to a target otherwise.",
            ""
        },
        footer = {
            "",
            "The cluster is the one that KUBECONFIG or the pod's service account names.",
            "Install the resource definitions first: kubectl apply -f deploy/crds",
            "",
            "Example, on a laptop: ratematch operator --namespaces serving --no-leader-elect"
        })
final class OperatorCommand implements Callable<Integer> {

    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description =
                    "Port of /metrics, /healthz, /readyz and the console; 0 for any. Default: ${DEFAULT-VALUE}.")
    private int httpPort;

    @Option(
            names = "--scaler-port",
            paramLabel = "PORT",
            defaultValue = "9090",
            description =
                    "Port of KEDA's external scaler (gRPC); whoever stands by answers from the status;"
                            + " -1 for none. Default: ${DEFAULT-VALUE}.")
    private int scalerPort;

    @Option(
            names = "--leader-elect",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Elect one leader among several replicas by a Lease; --no-leader-elect for a"
                            + " single process. Default: on.")
    private boolean leaderElect;

    @Option(
            names = "--scrape-timeout",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "Longest wait for one pod's metrics. Default: ${DEFAULT-VALUE} s.")
    private double scrapeTimeout;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "8",
            description = "Most RateMatchers worked on at once. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--journal",
            paramLabel = "FOLDER|-",
            description =
                    "Write every cycle as a JSON line: a file NAMESPACE_NAME.jsonl for each"
                            + " RateMatcher in this folder, or - for standard output. Default: none"
                            + " (docs/journal.md).")
    private @Nullable String journal;

    @Option(
            names = "--journal-mib",
            paramLabel = "MIB",
            defaultValue = "64",
            description =
                    "Go on in an empty file after so many MiB, and keep the full one as FILE.1."
                            + " Default: ${DEFAULT-VALUE}.")
    private double journalMib = 64;

    @Option(
            names = "--journal-keep",
            paramLabel = "N",
            defaultValue = "3",
            description = "Full files to keep for each RateMatcher. Default: ${DEFAULT-VALUE}.")
    private int journalKeep = 3;

    @Option(
            names = "--console",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Serve the console under / of the HTTP port; --no-console for none. Default:"
                            + " on.")
    private boolean console;

    @Mixin private ConsoleAccessOptions seeing = new ConsoleAccessOptions();

    @Mixin private LogOptions log = new LogOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        var settings = settings();
        var shown = console();
        log.apply();
        try {
            spec.commandLine().getErr().println(OperatorProcess.run(settings, shown));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private OperatorSettings settings() {
        return new OperatorSettings(
                cluster.namespaces(),
                httpPort,
                scalerPort,
                leaderElect ? cluster.leaseNamespace() : null,
                identity(),
                Duration.ofMillis((long) (1000 * scrapeTimeout)),
                threads,
                journal());
    }

    private ConsolePort console() {
        try {
            return console
                    ? new Console(seeing.access(), "operator", false, Clock.systemUTC().millis())
                    : ConsolePort.NONE;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable JournalSettings journal() {
        try {
            var limits = JournalOptions.limits(journalMib, journalKeep);
            if (journal == null) {
                return null;
            }
            return new JournalSettings(journal.equals("-") ? null : folder(journal), limits);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static Path folder(String name) {
        var folder = Path.of(name);
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new IllegalArgumentException(
                    "--journal (%s) must be a folder that exists and can be written, or - for standard output."
                            .formatted(name));
        }
        return folder;
    }

    private static String identity() {
        String pod = System.getenv("POD_NAME");
        return pod == null ? "ratematch-" + ProcessHandle.current().pid() : pod;
    }
}
