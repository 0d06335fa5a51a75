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
            "Puts every pod that the operator drains back into routing, and takes its finalizers and"
                    + " its Lease away. Replica counts stay.",
            "",
            "The chart runs it before helm uninstall. By hand: where the operator has gone without.",
            ""
        },
        footer = {
            "",
            "The cluster is the one that KUBECONFIG or the pod's service account names.",
            "",
            "Example: ratematch recall --lease-namespace ratematch-system --stop ratematch"
        })
final class RecallCommand implements Callable<Integer> {

    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--stop",
            paramLabel = "DEPLOYMENT",
            description =
                    "Scale this Deployment, the operator's, to 0 first: one that works on would drain"
                            + " anew. Default: none runs.")
    private @Nullable String stop;

    @Option(
            names = "--keep-lease",
            description =
                    "The operator goes on, without the right to drain (recommend-only): leave its"
                            + " Lease alone.")
    private boolean keepLease;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Longest wait for the operator to end. Default: ${DEFAULT-VALUE} s.")
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
