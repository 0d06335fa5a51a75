package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.FaultProxy;
import dev.ratematch.k8s.cluster.FaultProxy.Fault;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An API server that is away for longer than a lease lasts.
@KubeTest
class LeaseLostTest {

    private static final Duration LEASE_RUNS_OUT = Duration.ofSeconds(40);
    private static final Duration BACK = Duration.ofSeconds(20);

    /// As it is shipped, but for the layout: `LogLine`, which this module does not see, shows of a
    /// library's failure its cause alone, and here it is left out.
    private static final String[] OPTIONS = {
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dlogback.configurationFile=src/test/resources/without-causes.xml"
    };

    @Test
    void it_ends_by_one_line_waits_quietly_and_comes_back_by_itself(Sandbox sandbox)
            throws IOException {
        sandbox.node("a", 6);
        try (var scene = new Scene(sandbox).deployed(2, 2);
                var proxy =
                        new FaultProxy(
                                sandbox.controlPlane().user(Scene.MANAGER, "system:masters"))) {
            scene.engines().load(5, 500, 200, 0.01);
            scene.create(Manifests.matcher("Recommend", 6));
            Path log;
            try (var first =
                    OperatorProgram.start(
                            sandbox, "lost", sandbox.namespace(), proxy.config(), OPTIONS)) {
                log = first.log();
                scene.rtm().awaitCondition("TelemetryFresh", "True", "Read");
                proxy.inject(Fault.CUT);
                assertThat(first.ended(LEASE_RUNS_OUT)).isEqualTo(1);
            }
            quiet(log);
            try (var second =
                    OperatorProgram.start(
                            sandbox, "lost", sandbox.namespace(), proxy.config(), OPTIONS)) {
                Await.until(
                        BACK, "it waits", () -> Files.readString(log).contains("Waiting for it."));
                String before = looked(scene);
                proxy.inject(Fault.NONE);
                Await.until(BACK, "another look", () -> !looked(scene).equals(before));
                assertThat(second.alive()).isTrue();
            }
            quiet(log);
        }
    }

    private static String looked(Scene scene) {
        return String.valueOf(scene.rtm().get().getStatus().observed());
    }

    private static void quiet(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        lines.forEach(line -> System.out.println("operator: " + line));
        assertThat(lines).noneMatch(line -> line.startsWith("\tat ")).hasSizeLessThan(20);
        assertThat(lines).filteredOn(line -> line.contains("The lease is lost")).hasSize(1);
    }
}
