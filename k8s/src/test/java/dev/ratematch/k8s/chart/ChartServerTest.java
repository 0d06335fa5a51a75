package dev.ratematch.k8s.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Kubectl;
import dev.ratematch.k8s.cluster.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What we ship, before the real API server: nothing of it is unknown, forbidden or malformed.
@KubeTest
class ChartServerTest {

    private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)```");

    private final Helm helm = new Helm();

    @BeforeEach
    void crdsAndNamespaces(Sandbox sandbox) {
        var kubectl = kubectl(sandbox);
        // Another class may have installed them, under another field manager.
        String crds = Helm.CHART.resolve("crds").toString();
        kubectl.run("apply", "--server-side", "--force-conflicts", "-f", crds).orThrow();
        for (String namespace : List.of(Helm.NAMESPACE, "llm")) {
            kubectl.runWithInput(
                            "{apiVersion: v1, kind: Namespace, metadata: {name: %s}}"
                                    .formatted(namespace),
                            "apply",
                            "-f",
                            "-")
                    .orThrow();
        }
    }

    private static Kubectl kubectl(Sandbox sandbox) {
        return sandbox.controlPlane().kubectl(sandbox.controlPlane().admin());
    }

    private static String dryRun(Sandbox sandbox, String manifests) {
        return kubectl(sandbox)
                .runWithInput(
                        manifests, "apply", "--dry-run=server", "--validate=strict", "-f", "-")
                .orThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mode=auto",
                "mode=recommend-only",
                "replicas=2,networkPolicy.egress.enabled=true",
                "namespaces={llm}",
                "telemetrySecrets[0].namespace=llm,telemetrySecrets[0].names[0]=token",
            })
    void theRenderedChartIsAccepted(String values, Sandbox sandbox) {
        var rendered = helm.template("--set", values);
        assertThat(rendered.exit()).as(rendered.err()).isZero();
        assertThat(dryRun(sandbox, rendered.out())).contains("deployment.apps/ratematch created");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto.yaml", "recommend-only.yaml"})
    void thePlainManifestsAreAccepted(String name, Sandbox sandbox) throws IOException {
        String manifests = Files.readString(Helm.ROOT.resolve("deploy/manifests").resolve(name));
        assertThat(dryRun(sandbox, manifests)).contains("deployment.apps/ratematch created");
    }

    /// The namespace of the manifests enforces the standard; this asks it about the pod itself.
    @Test
    void theNamespaceLetsThePodIn(Sandbox sandbox) throws IOException {
        kubectl(sandbox)
                .run(
                        "label",
                        "namespace",
                        Helm.NAMESPACE,
                        "pod-security.kubernetes.io/enforce=restricted",
                        "pod-security.kubernetes.io/warn=restricted",
                        "--overwrite")
                .orThrow();
        Path manifests = Helm.ROOT.resolve("deploy/manifests/auto.yaml");
        assertThat(dryRun(sandbox, Files.readString(manifests)))
                .doesNotContain("would violate PodSecurity");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "minReplicas: 5, maxReplicas: 2 | 64 | minReplicas (5) must be at most maxReplicas (2)",
                "gpusPerReplica: 8, minReplicas: 2 | 9 | budget.gpus (9) must cover minReplicas x"
                        + " gpusPerReplica of both roles, 17",
            })
    void aRefusalShowsTheValues(String prefill, int gpus, String message, Sandbox sandbox) {
        String matcher =
                """
                apiVersion: ratematch.dev/v1alpha1
                kind: RateMatcher
                metadata: {name: chat, namespace: llm}
                spec:
                  model: llama-3.1-70b
                  slo: {ttft: 2s, itl: 40ms}
                  prefill: {scaleTargetRef: {name: chat-prefill}, %s}
                  decode: {scaleTargetRef: {name: chat-decode}}
                  budget: {gpus: %d}
                """
                        .formatted(prefill, gpus);
        var refused =
                kubectl(sandbox).runWithInput(matcher, "apply", "--dry-run=server", "-f", "-");
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.output()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "options: {minGian: 0.1} | options.minGian (0.1) is not known; known are",
                "options: {minGain: 2} | options.minGain (2) must be a number from 0 to 1",
                "options: {maxStepReplicas: 2.5} | options.maxStepReplicas (2.5) must be a whole",
                "behavior: {decode: {scaleUp: {selectPolicy: Most}}} | \"Disabled\", \"Max\", \"Min\"",
                "behavior: {decode: {scaleUp: {stabilizationWindowSeconds: 4000}}} | 3600",
                "accelerator: b100 | Unsupported value: \"b100\": supported values: \"b200\", \"b300\"",
                "precision: fp8_block | supported values: \"bf16\", \"fp8\", \"nvfp4\", \"mxfp4\", \"int4\"",
                "kvDtype: int8 | supported values: \"bf16\", \"fp8\"",
                "kvLink: {mode: pulled} | supported values: \"pull\", \"push\", \"layerwise\"",
                "telemetry: {engine: vlm} | supported values: \"auto\", \"vllm\", \"sglang\"",
                "telemetry: {interval: 100ms} | telemetry.interval (100ms) must be a duration of 1s",
                "budget: {gpus: 32, minGpus: 40} | budget.minGpus (40) must be at most budget.gpus",
            })
    void whatIsNoOptionIsRefusedByName(String field, String message, Sandbox sandbox) {
        var refused = applied(sandbox, field);
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.output()).contains(message);
    }

    @Test
    void optionsAndBehaviorAreTaken(Sandbox sandbox) {
        var taken =
                applied(
                        sandbox,
                        "options: {minGain: 0, maxStepReplicas: 3, cooldownLeadTimes: 1.5}\n  behavior:"
                                + " {prefill: {scaleDown: {policies: [{type: Pods, value: 1,"
                                + " periodSeconds: 60}], tolerance: 0.1}}}\n  budget: {gpus: 32,"
                                + " minGpus: 32}");
        assertThat(taken.exit()).as(taken.output()).isZero();
    }

    private static Kubectl.Result applied(Sandbox sandbox, String fields) {
        String matcher =
                """
                apiVersion: ratematch.dev/v1alpha1
                kind: RateMatcher
                metadata: {name: chat, namespace: llm}
                spec:
                  model: llama-3.1-70b
                  slo: {ttft: 2s, itl: 40ms}
                  prefill: {scaleTargetRef: {name: chat-prefill}}
                  decode: {scaleTargetRef: {name: chat-decode}}
                  %s
                """
                        .formatted(fields);
        return kubectl(sandbox).runWithInput(matcher, "apply", "--dry-run=server", "-f", "-");
    }

    @Test
    void everyExampleOfThePageIsAccepted(Sandbox sandbox) throws IOException {
        var examples = new ArrayList<String>();
        var matcher = YAML.matcher(Files.readString(Helm.ROOT.resolve("docs/operator.md")));
        while (matcher.find()) {
            examples.add(matcher.group(1));
        }
        assertThat(examples).isNotEmpty();
        for (String example : examples) {
            assertThat(dryRun(sandbox, example)).contains("created (server dry run)");
        }
    }
}
