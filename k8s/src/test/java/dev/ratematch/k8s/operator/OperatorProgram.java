package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.cluster.Program;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
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
        var controlPlane = sandbox.controlPlane();
        var kubeconfig =
                controlPlane.kubeconfig(
                        user(identity), controlPlane.user(user(identity), "system:masters"));
        return Program.start(
                user(identity) + "-" + sandbox.namespace(),
                controlPlane.folder(),
                Map.of("KUBECONFIG", kubeconfig.toString(), "MALLOC_ARENA_MAX", "2"),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseParallelGC",
                        "-Xmx192m",
                        "-XX:ActiveProcessorCount=2",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        OperatorProgram.class.getName(),
                        identity,
                        sandbox.namespace(),
                        leaseNamespace == null ? "" : leaseNamespace));
    }

    /// Identity, namespace, and namespace of the lease or nothing.
    public static void main(String[] args) throws InterruptedException {
        new RatematchOperator(
                        new KubernetesClientBuilder().build(),
                        new OperatorSettings(
                                Set.of(args[1]),
                                0,
                                0,
                                args[2].isEmpty() ? null : args[2],
                                args[0],
                                Duration.ofSeconds(2),
                                2))
                .serve();
    }
}
