package dev.ratematch.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where in a cluster the operator is and works; whoever puts back what it did says the same.
final class ClusterOptions {

    @Option(
            names = "--namespaces",
            split = ",",
            paramLabel = "NAME",
            description = "Watch only these namespaces, separated by commas. Default: all.")
    private @Nullable List<String> namespaces;

    @Option(
            names = "--lease-namespace",
            paramLabel = "NAME",
            defaultValue = "${env:POD_NAMESPACE:-default}",
            description =
                    "Namespace of the operator and its Lease. Default: the value of "
                            + "POD_NAMESPACE, else \"default\".")
    private String leaseNamespace = "default";

    /// Those to work in; empty for all.
    Set<String> namespaces() {
        return namespaces == null ? Set.of() : new LinkedHashSet<>(namespaces);
    }

    String leaseNamespace() {
        return leaseNamespace;
    }
}
