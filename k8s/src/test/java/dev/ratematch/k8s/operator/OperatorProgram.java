package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.cluster.Program;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.client.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The operator as a process of its own, so that it can be killed; the JVM is set up as in the
/// image and the chart.
final class OperatorProgram {

    private OperatorProgram() {}

    /// Under this user the audit log shows what it did.
    static String user(String identity) {
        return "operator-" + identity;
    }

    static Program start(Sandbox sandbox, String identity, @Nullable String leaseNamespace) {
        var config = sandbox.controlPlane().user(user(identity), "system:masters");
        return start(sandbox, identity, leaseNamespace, config, "-Xmx128m");
    }

    /// One that reaches the API server in this way, with this heap and other options of the JVM.
    static Program start(
            Sandbox sandbox,
            String identity,
            @Nullable String leaseNamespace,
            Config config,
            String... options) {
        var controlPlane = sandbox.controlPlane();
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-XX:ActiveProcessorCount=2");
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(List.of(options));
        command.add("-cp");
        command.add(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(OperatorProgram.class.getName());
        command.add(identity);
        command.add(sandbox.namespace());
        command.add(leaseNamespace == null ? "" : leaseNamespace);
        return Program.start(
                user(identity) + "-" + sandbox.namespace(),
                controlPlane.folder(),
                Map.of(
                        "KUBECONFIG",
                        controlPlane.kubeconfig(user(identity), config).toString(),
                        "MALLOC_ARENA_MAX",
                        "2"),
                command);
    }

    /// Identity, namespace, and namespace of the lease or nothing.
    public static void main(String[] args) throws InterruptedException {
        String why =
                OperatorProcess.run(
                        new OperatorSettings(
                                Set.of(args[1]),
                                Integer.getInteger("http", 0),
                                0,
                                args[2].isEmpty() ? null : args[2],
                                args[0],
                                Duration.ofSeconds(2),
                                Integer.getInteger("threads", 2)),
                        true);
        System.err.println(why);
        System.exit(1);
    }
}
