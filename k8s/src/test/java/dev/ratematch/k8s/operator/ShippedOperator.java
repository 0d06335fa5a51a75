package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.aot.Shipped;
import dev.ratematch.k8s.cluster.Program;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The operator as the image starts it under the chart: from the jar, by the command of the
/// Dockerfile, from a cache that was learnt by that command, with the chart's options of the JVM.
///
/// @param folder has the jar and what was learnt, as `/app` of the image
record ShippedOperator(Path folder, Path java) {

    private static final Duration LEARNING = Duration.ofMinutes(4);

    /// Learns what a start loads.
    static ShippedOperator of(Path jar, Path folder) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var home = Files.createDirectories(folder).toAbsolutePath();
        var own = home.resolve("ratematch.jar");
        if (!Files.exists(own)) {
            Files.copy(jar, own);
            var command =
                    new ArrayList<>(
                            List.of(
                                    java.toString(),
                                    "-cp",
                                    System.getProperty(
                                            "surefire.test.class.path",
                                            System.getProperty("java.class.path")),
                                    "dev.ratematch.k8s.aot.AotCache",
                                    home.toString()));
            command.addAll(Shipped.command(java, own));
            try (var learning = Program.start("learning", home, Map.of(), command)) {
                if (learning.ended(LEARNING) != 0 || !Files.exists(home.resolve("ratematch.aot"))) {
                    throw new IllegalStateException("nothing was learnt: " + learning.log());
                }
            }
        }
        return new ShippedOperator(home, java);
    }

    /// @param heapMebibytes in place of the chart's `-Xmx`
    Program start(Sandbox sandbox, Config config, int heapMebibytes, int httpPort)
            throws IOException {
        String user = OperatorProgram.user("sizes");
        var command = new ArrayList<>(Shipped.command(java, folder.resolve("ratematch.jar")));
        command.add(1, "@" + folder.resolve("start.options"));
        command.addAll(
                List.of(
                        "operator",
                        "--namespaces=" + sandbox.namespace(),
                        "--no-leader-elect",
                        "--scaler-port=0",
                        "--http-port=" + httpPort));
        return Program.start(
                user + "-" + sandbox.namespace(),
                sandbox.controlPlane().folder(),
                Map.of(
                        "KUBECONFIG",
                        sandbox.controlPlane().kubeconfig(user, config).toString(),
                        "MALLOC_ARENA_MAX",
                        "2",
                        "JDK_JAVA_OPTIONS",
                        Shipped.jvmOptions()
                                .replaceFirst("-Xmx\\d+m", "-Xmx%dm".formatted(heapMebibytes))),
                command);
    }
}
