package dev.ratematch.k8s.emit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.Binaries;
import dev.ratematch.k8s.cluster.Crds;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Kubectl;
import dev.ratematch.k8s.cluster.LeaderWorkerSets;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.sizing.launch.PlannedFleet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The API server's own word on what is emitted: every manifest is sent to it as `kubectl apply`
/// would, with nothing kept, and no field may be unknown.
@KubeTest
class EmitServerTest {

    private static void install(Sandbox sandbox) throws IOException {
        var client = sandbox.client();
        Crds.install(client, Files.readString(Path.of("../deploy/crds/ratematchers.yaml")));
        Crds.install(
                client,
                Files.readString(
                        Binaries.folder("monitoring")
                                .resolve("crds/monitoring.coreos.com_podmonitors.yaml")));
        Crds.install(client, dynamo());
    }

    /// Dynamo's own definition where `-Dratematch.dynamo.crd` names its file, else what was written
    /// down of it: no registry has it.
    private static String dynamo() throws IOException {
        String own = System.getProperty("ratematch.dynamo.crd", "");
        if (!own.isEmpty()) {
            return Files.readString(Path.of(own));
        }
        try (var in = EmitServerTest.class.getResourceAsStream("dynamo.yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Kubectl.Result tried(Sandbox sandbox, String text) {
        var kubectl = sandbox.controlPlane().kubectl(sandbox.controlPlane().admin());
        return kubectl.runWithInput(
                text,
                "-n",
                sandbox.namespace(),
                "apply",
                "--server-side",
                "--dry-run=server",
                "--validate=strict",
                "-f",
                "-");
    }

    private static List<EmittedFile> manifests(PlannedFleet fleet, EmitTarget target) {
        return Emission.files(fleet, List.of(target), "chat").stream()
                .filter(file -> file.path().endsWith(".yaml"))
                .filter(file -> !file.path().contains("/launch/"))
                .filter(file -> !file.path().endsWith("values.yaml"))
                .toList();
    }

    /// Pod templates of a DynamoGraphDeployment as Deployments, so that the server reads them as
    /// pods.
    private static String pods(EmittedFile dynamo) {
        var graph =
                Objects.requireNonNull(
                        EmissionTest.objects(dynamo).get("DynamoGraphDeployment/chat"));
        var templates =
                graph.<List<Map<String, Map<String, Object>>>>get("spec", "components").stream()
                        .map(component -> Objects.requireNonNull(component.get("podTemplate")))
                        .toList();
        var text = new StringBuilder();
        for (int i = 0; i < templates.size(); i++) {
            var labels = Map.of("app", "pod-" + i);
            var template = Yaml.map("metadata", Map.of("labels", labels));
            template.put("spec", templates.get(i).get("spec"));
            var pod =
                    Yaml.map(
                            "apiVersion",
                            "apps/v1",
                            "kind",
                            "Deployment",
                            "metadata",
                            Map.of("name", "pod-" + i),
                            "spec",
                            Yaml.map(
                                    "selector",
                                    Map.of("matchLabels", labels),
                                    "template",
                                    template));
            text.append("---\n").append(Yaml.plain(pod));
        }
        return text.toString();
    }

    @Test
    void theServerTakesWhatIsEmittedForEveryTarget(Sandbox sandbox, LeaderWorkerSets sets)
            throws IOException {
        assertThat(sets.program().alive()).isTrue();
        install(sandbox);
        int seen = 0;
        for (var target : EmitTarget.values()) {
            for (var fleet : EmissionTest.fleets(target)) {
                for (var file : manifests(fleet, target)) {
                    var result = tried(sandbox, file.text());
                    assertThat(result.exit())
                            .as("%s with %s: %s", file.path(), fleet.engine(), result.output())
                            .isZero();
                    assertThat(result.output()).contains("serverside-applied (server dry run)");
                    if (file.path().equals("dynamo/dynamo.yaml")) {
                        var pods = tried(sandbox, pods(file));
                        assertThat(pods.exit()).as(pods.output()).isZero();
                    }
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(40);
    }

    @Test
    void aManifestThatIsBrokenOnPurposeIsRefused(Sandbox sandbox, LeaderWorkerSets sets)
            throws IOException {
        assertThat(sets.program().alive()).isTrue();
        install(sandbox);
        var narrow = Plans.narrow("vllm");
        var wide = Plans.wide("vllm");
        refused(sandbox, narrow, EmitTarget.VLLM, "prefill.yaml", "replicas:", "replica:");
        refused(sandbox, narrow, EmitTarget.VLLM, "router.yaml", "containerPort:", "port:");
        refused(sandbox, wide, EmitTarget.VLLM, "decode.yaml", "size:", "sizes:");
        refused(sandbox, narrow, EmitTarget.LWS, "decode.yaml", "replicas: ", "replicas: -");
        refused(
                sandbox,
                narrow,
                EmitTarget.LLM_D,
                "decode.yaml",
                "initContainers:",
                "initContainer:");
        refused(
                sandbox,
                narrow,
                EmitTarget.RATEMATCHER,
                "ratematcher.yaml",
                "gpusPerReplica: ",
                "gpusPerReplica: -");
        refused(
                sandbox,
                wide,
                EmitTarget.DYNAMO,
                "dynamo.yaml",
                "type: \"decode\"",
                "type: \"generate\"");
        refused(
                sandbox,
                narrow,
                EmitTarget.SGLANG,
                "podmonitor.yaml",
                "podMetricsEndpoints",
                "podMetricEndpoints");
    }

    private static void refused(
            Sandbox sandbox,
            PlannedFleet fleet,
            EmitTarget target,
            String path,
            String right,
            String wrong) {
        var planned = target == EmitTarget.SGLANG ? Plans.narrow("sglang") : fleet;
        String text = Plans.text(planned, target, path);
        assertThat(text).contains(right);
        var result = tried(sandbox, text.replace(right, wrong));
        assertThat(result.exit()).as("%s: %s", path, result.output()).isNotZero();
    }
}
