package dev.ratematch.cli;

import dev.ratematch.k8s.operator.Recall;
import dev.ratematch.k8s.operator.RecallSettings;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ratematch recall`: takes back what the operator has done, before it goes for good.
@Command(
        name = "recall",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Puts every pod that the operator is draining back into routing, and removes "
                    + "the operator's finalizers and Lease. Replica counts are not changed.",
            "",
            "The chart runs this before helm uninstall. Run it by hand if the operator was "
                    + "removed in another way.",
            ""
        },
        footer = {
            "",
            "The cluster is that of KUBECONFIG or of the pod's service account.",
            "",
            "Example: ratematch recall --lease-namespace ratematch-system --stop ratematch"
        })
final class RecallCommand implements Callable<Integer> {

    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--stop",
            paramLabel = "DEPLOYMENT",
            description =
                    "Deployment of the operator, to scale to 0 first; a running "
                            + "operator would drain pods again. Default: no operator is running.")
    private @Nullable String stop;

    @Option(
            names = "--keep-lease",
            description =
                    "Keep the Lease, for an operator that keeps running without the "
                            + "right to drain (recommend-only).")
    private boolean keepLease;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Maximum wait for the operator to stop. Default: ${DEFAULT-VALUE} s.")
    private int patience = 60;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        try {
            Recall.run(
                    new RecallSettings(
                            cluster.namespaces(),
                            cluster.leaseNamespace(),
                            stop,
                            keepLease,
                            Duration.ofSeconds(patience)),
                    out::println);
            return CommandLine.ExitCode.OK;
        } catch (IllegalStateException e) {
            spec.commandLine().getErr().println(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
