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
            "Runs the Kubernetes operator, with one control loop for each RateMatcher.",
            "",
            "In mode Recommend, a RateMatcher only publishes recommendations and nothing is "
                    + "written to its targets. In mode Auto, the operator also scales its two "
                    + "targets.",
            ""
        },
        footer = {
            "",
            "The cluster is that of KUBECONFIG or of the pod's service account.",
            "Install the CRDs first: kubectl apply --server-side -f deploy/crds",
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
                    "Port of /metrics, /healthz, /readyz and the console; 0 for any "
                            + "free port. Default: ${DEFAULT-VALUE}.")
    private int httpPort;

    @Option(
            names = "--scaler-port",
            paramLabel = "PORT",
            defaultValue = "9090",
            description =
                    "Port of the external scaler for KEDA (gRPC); -1 turns it off. "
                            + "Standby replicas answer too, from the RateMatcher's status. "
                            + "Default: ${DEFAULT-VALUE}.")
    private int scalerPort;

    @Option(
            names = "--leader-elect",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Elect one leader among several replicas with a Lease; use "
                            + "--no-leader-elect for a single process. Default: on.")
    private boolean leaderElect;

    @Option(
            names = "--scrape-timeout",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "Timeout for reading one pod's metrics. Default: ${DEFAULT-VALUE} s.")
    private double scrapeTimeout;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "8",
            description =
                    "Number of RateMatchers to process in parallel. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--journal",
            paramLabel = "FOLDER|-",
            description =
                    "Write every cycle as one JSON line to NAMESPACE_NAME.jsonl in this "
                            + "folder, one file per RateMatcher, or to standard output with - "
                            + "(docs/journal.md). Default: no journal.")
    private @Nullable String journal;

    @Option(
            names = "--journal-mib",
            paramLabel = "MIB",
            defaultValue = "64",
            description =
                    "Rotate the journal at this size in MiB; the full file becomes "
                            + "FILE.1. Default: ${DEFAULT-VALUE}.")
    private double journalMib = 64;

    @Option(
            names = "--journal-keep",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rotated files to keep for each RateMatcher. Default: ${DEFAULT-VALUE}.")
    private int journalKeep = 3;

    @Option(
            names = "--console",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Serve the console at / on the HTTP port; --no-console turns it "
                            + "off. Default: on.")
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
                    ("--journal (%s) must be an existing, writable folder, or - for "
                                    + "standard output.")
                            .formatted(name));
        }
        return folder;
    }

    private static String identity() {
        String pod = System.getenv("POD_NAME");
        return pod == null ? "ratematch-" + ProcessHandle.current().pid() : pod;
    }
}
