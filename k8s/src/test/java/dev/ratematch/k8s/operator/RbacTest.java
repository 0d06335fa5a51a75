package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.chart.Installed;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.LeaderWorkerSets;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The operator with a real token of the chart's ServiceAccount: nothing it needs is missing, and
/// nothing it is granted is idle.
@KubeTest
class RbacTest {

    private static final int GPUS = 6;

    /// Granted and not used by this scene, each for a reason.
    private static final Set<String> IDLE =
            Set.of(
                    // The framework's election does not start without it.
                    "update coordination.k8s.io/leases");

    @Test
    void what_the_chart_grants_is_what_the_operator_uses(Sandbox sandbox, LeaderWorkerSets groups) {
        assertThat(groups.program().alive()).isTrue();
        sandbox.node("a", GPUS, Map.of("nvidia.com/gpu.product", "NVIDIA-B200"));
        sandbox.node("b", GPUS, Map.of("nvidia.com/gpu.product", "NVIDIA-B200"));
        var installed = Installed.of(sandbox);
        try (var scene = new Scene(sandbox);
                var operator = operator(sandbox, installed)) {
            assertThat(operator.httpPort()).isPositive();
            scene.gated(4, 1);
            scene.loaded();
            String pool = sandbox.namespace() + "-pool";
            scene.create(Manifests.pool(pool, GPUS));
            scene.create(
                    Manifests.matcher("Auto", GPUS)
                            .replace("  accelerator: b200\n", "")
                            .replace("gpus: 6", "gpus: 6, poolRef: " + pool));
            scene.awaitRebalanced();
            scene.retire();
            scene.numbered(3, 1);
            scene.loaded();
            scene.create(Manifests.numberedMatcher(4).replace("  accelerator: b200\n", ""));
            Await.until(
                    Scene.LIMIT,
                    "a group for a numbered pod",
                    () -> scene.groups("decode-set") >= 2 && scene.ready("prefill-set") < 3,
                    () -> scene.engines() + " " + scene.rtm().status("numbered"));
            claimed(scene);
            missing(scene);
            var done =
                    sandbox.controlPlane()
                            .auditLog()
                            .events()
                            .byServiceAccount(installed.namespace(), installed.account());
            assertThat(done.forbidden().all()).isEmpty();
            var idle = new TreeSet<>(installed.granted());
            idle.removeAll(installed.used(done));
            idle.removeAll(IDLE);
            assertThat(idle).as("granted and never used").isEmpty();
            assertThat(scene.engines().lost()).isZero();
        }
    }

    /// GPUs that pods claim are counted by what their claims say.
    private static void claimed(Scene scene) {
        scene.create(
                """
                apiVersion: resource.k8s.io/v1
                kind: ResourceClaimTemplate
                metadata: {name: two-gpus}
                spec:
                  spec:
                    devices:
                      requests: [{name: gpu, exactly: {deviceClassName: gpu.nvidia.com, count: 2}}]
                """);
        for (String pool : List.of("claimed-prefill", "claimed-decode")) {
            scene.create(
                    Manifests.deployment(pool, 0)
                            .replace(
                                    "resources: {limits: {nvidia.com/gpu: 1}}",
                                    "resources: {claims: [{name: gpu}]}")
                            .replace(
                                    "      containers:",
                                    "      resourceClaims: [{name: gpu, resourceClaimTemplateName:"
                                            + " two-gpus}]\n      containers:"));
        }
        scene.create(
                Manifests.matcher("Recommend", 4)
                        .replace("{name: llama}", "{name: claimed}")
                        .replace("{name: prefill}", "{name: claimed-prefill}")
                        .replace("{name: decode}", "{name: claimed-decode}"));
        Await.until(
                Scene.LIMIT,
                "the width that is claimed",
                () -> scene.rtm().status("claimed").contains("gpusPerReplica=2"),
                () -> scene.rtm().status("claimed"));
    }

    /// The same thing said again later is the same event, counted.
    private static void missing(Scene scene) {
        scene.create(
                Manifests.matcher("Recommend", 4)
                        .replace("{name: llama}", "{name: lost}")
                        .replace("{name: prefill}", "{name: nobody}"));
        for (String name : List.of("nowhere", "nobody")) {
            awaitEvent(scene, "lost", "TargetUnreadable");
            scene.rtm().patch("lost", "/spec/prefill/scaleTargetRef/name", name);
        }
        Await.until(
                Scene.LIMIT, "a counted event", () -> counted(scene, "lost", "TargetUnreadable"));
    }

    static List<Event> events(Scene scene, String matcher, String reason) {
        return scene
                .sandbox()
                .client()
                .events()
                .v1()
                .events()
                .inNamespace(scene.sandbox().namespace())
                .list()
                .getItems()
                .stream()
                .filter(e -> e.getRegarding().getName().equals(matcher))
                .filter(e -> e.getReason().equals(reason))
                .toList();
    }

    /// Waits until the last refusal of a RateMatcher stands in its status and in an event.
    private static void awaitEvent(Scene scene, String matcher, String reason) {
        String target =
                scene.sandbox()
                        .client()
                        .resources(RateMatcher.class)
                        .inNamespace(scene.sandbox().namespace())
                        .withName(matcher)
                        .require()
                        .getSpec()
                        .prefill()
                        .scaleTargetRef()
                        .name();
        Await.until(
                Scene.LIMIT,
                "an event about " + target,
                () ->
                        events(scene, matcher, reason).stream()
                                .anyMatch(e -> e.getNote().contains("/" + target + " ")));
    }

    /// Whether an event has been counted up.
    private static boolean counted(Scene scene, String matcher, String reason) {
        return events(scene, matcher, reason).stream().anyMatch(e -> e.getSeries() != null);
    }

    static RatematchOperator operator(Sandbox sandbox, Installed installed) {
        var operator =
                new RatematchOperator(
                        new KubernetesClientBuilder()
                                .withConfig(
                                        sandbox.controlPlane()
                                                .serviceAccount(
                                                        installed.namespace(), installed.account()))
                                .build(),
                        new OperatorSettings(
                                Set.of(),
                                0,
                                0,
                                installed.namespace(),
                                "one",
                                Duration.ofSeconds(2),
                                4));
        operator.start();
        return operator;
    }
}
