package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.Crds;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.LeaderWorkerSets;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// What can be scaled, beside Deployments, and what is said when a target cannot be.
@KubeTest
class TargetsTest {

    private static final int GPUS = 6;
    private static final String GROUP_SET = "leaderworkerset.sigs.k8s.io/name";
    private static final String GPU = "resources: {limits: {nvidia.com/gpu: 1}}";

    /// Counts in a list, and no scale subresource.
    private static final String FLEETS =
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: fleets.test.ratematch.dev}
            spec:
              group: test.ratematch.dev
              scope: Namespaced
              names: {kind: Fleet, plural: fleets, singular: fleet}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        properties:
                          roles:
                            type: array
                            items:
                              type: object
                              properties:
                                name: {type: string}
                                replicas: {type: integer}
            """;

    /// With a scale subresource.
    private static final String POOLS =
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: enginepools.test.ratematch.dev}
            spec:
              group: test.ratematch.dev
              scope: Namespaced
              names: {kind: EnginePool, plural: enginepools, singular: enginepool}
              versions:
              - name: v1
                served: true
                storage: true
                subresources:
                  status: {}
                  scale:
                    specReplicasPath: .spec.replicas
                    statusReplicasPath: .status.replicas
                    labelSelectorPath: .status.selector
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        properties: {replicas: {type: integer}}
                      status:
                        type: object
                        properties:
                          replicas: {type: integer}
                          selector: {type: string}
            """;

    private static String numberedPods(String name, int replicas) {
        return Manifests.deployment(name, replicas)
                .replace("kind: Deployment", "kind: StatefulSet")
                .replace(
                        "  replicas:",
                        "  serviceName: none\n  podManagementPolicy: Parallel\n  replicas:");
    }

    private static void merge(Scene scene, String json) {
        var _ =
                scene.sandbox()
                        .client()
                        .resources(RateMatcher.class)
                        .inNamespace(scene.sandbox().namespace())
                        .withName("llama")
                        .patch(PatchContext.of(PatchType.JSON_MERGE), json);
    }

    private static List<String> uids(Sandbox sandbox, String label, String value) {
        return sandbox.pods(label, value).stream()
                .filter(p -> p.getMetadata().getDeletionTimestamp() == null)
                .map(HasMetadata::getMetadata)
                .map(m -> m.getName() + " " + m.getUid())
                .sorted()
                .toList();
    }

    private static void assertHarmless(Scene scene, int gpus) {
        assertThat(scene.sandbox().gpus().max()).isLessThanOrEqualTo(gpus);
        assertThat(scene.engines().lost()).isZero();
    }

    @Test
    void counts_in_a_list_are_scaled_by_their_paths(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        Crds.install(sandbox.client(), FLEETS);
        try (var scene = new Scene(sandbox).loaded();
                var mirror = new Mirror(sandbox);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(numberedPods("prefill", 4));
            scene.create(numberedPods("decode", 1));
            scene.create(
                    """
                    apiVersion: test.ratematch.dev/v1
                    kind: Fleet
                    metadata: {name: llama}
                    spec:
                      roles:
                      - {name: decode, replicas: 1}
                      - {name: prefill, replicas: 4}
                    """);
            mirror.follow("prefill", "Fleet", "llama", "/spec/roles/1/replicas");
            mirror.follow("decode", "Fleet", "llama", "/spec/roles/0/replicas");
            scene.create(
                    Manifests.matcher("Auto", GPUS)
                            .replace("{name: prefill}", byPath(1, "prefill"))
                            .replace("{name: decode}", byPath(0, "decode")));
            scene.awaitRebalanced();
            assertThat(mirror.count("Fleet", "llama", "/spec/roles/0/replicas"))
                    .isGreaterThanOrEqualTo(3);
            assertThat(mirror.text("Fleet", "llama", "/spec/roles/1/name")).isEqualTo("prefill");
            assertHarmless(scene, GPUS);
        }
    }

    private static String byPath(int index, String app) {
        return """
        {apiVersion: test.ratematch.dev/v1, kind: Fleet, name: llama}
            replicasPath: /spec/roles/%d/replicas
            selector: app=%s
            gpusPerReplica: 1"""
                .formatted(index, app);
    }

    @Test
    void whatever_has_a_scale_subresource_is_scaled_and_its_selector_read(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        Crds.install(sandbox.client(), POOLS);
        try (var scene = new Scene(sandbox).loaded();
                var mirror = new Mirror(sandbox);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            String matcher = Manifests.matcher("Auto", GPUS);
            for (var pool : Map.of("prefill", 4, "decode", 1).entrySet()) {
                scene.create(numberedPods(pool.getKey(), pool.getValue()));
                scene.create(
                        """
                        apiVersion: test.ratematch.dev/v1
                        kind: EnginePool
                        metadata: {name: %s}
                        spec: {replicas: %d}
                        """
                                .formatted(pool.getKey(), pool.getValue()));
                mirror.follow(pool.getKey(), "EnginePool", pool.getKey(), "/spec/replicas");
                matcher =
                        matcher.replace(
                                "{name: %s}".formatted(pool.getKey()),
                                "{apiVersion: test.ratematch.dev/v1, kind: EnginePool, name: %s}\n    gpusPerReplica: 1"
                                        .formatted(pool.getKey()));
            }
            scene.create(matcher);
            scene.rtm().awaitCondition("ScalingActive", "False", "SelectorUnknown");
            assertThat(scene.rtm().condition("ScalingActive").orElseThrow().message())
                    .contains("EnginePool/prefill", "set selector");
            mirror.status("EnginePool", "prefill", "{\"selector\": \"app=prefill\"}");
            mirror.status("EnginePool", "decode", "{\"selector\": \"app=decode\"}");
            scene.awaitRebalanced();
            assertThat(scene.rtm().status("llama")).contains("selector=app=prefill");
            var wrote =
                    sandbox.controlPlane()
                            .auditLog()
                            .events()
                            .by(Scene.MANAGER)
                            .in(sandbox.namespace())
                            .tried();
            assertThat(wrote.on("enginepools/scale").verb("patch").all()).isNotEmpty();
            assertThat(wrote.on("enginepools").all()).isEmpty();
            assertHarmless(scene, GPUS);
        }
    }

    @Test
    void a_stateful_set_loses_its_highest_numbers(Sandbox sandbox, LeaderWorkerSets sets) {
        assertThat(sets.program().alive()).isTrue();
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.numbered(4, 1);
            var before = uids(sandbox, "app", "prefill-set");
            scene.loaded();
            scene.create(
                    Manifests.numberedMatcher(GPUS).replace("name: numbered}", "name: llama}"));
            Await.until(
                    Scene.LIMIT,
                    "groups of decode in place of prefill",
                    () -> scene.groups("decode-set") >= 3 && scene.ready("prefill-set") <= 3,
                    () -> scene.rtm().status("llama"));
            var after = uids(sandbox, "app", "prefill-set");
            assertThat(after).isEqualTo(before.subList(0, after.size()));
            assertHarmless(scene, GPUS);
        }
    }

    @Test
    void a_leader_worker_set_loses_its_highest_groups_whole(
            Sandbox sandbox, LeaderWorkerSets sets) {
        assertThat(sets.program().alive()).isTrue();
        sandbox.node("a", 5);
        try (var scene = new Scene(sandbox);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.numbered(1, 4);
            var before = uids(sandbox, GROUP_SET, "decode-set");
            scene.engines().load(130, 2200, 10, 0.01); // more than one prefill engine can do
            scene.create(Manifests.numberedMatcher(5).replace("name: numbered}", "name: llama}"));
            Await.until(
                    Scene.LIMIT,
                    "prefill in place of groups of decode",
                    () -> scene.ready("prefill-set") >= 2 && scene.groups("decode-set") <= 3,
                    () -> scene.rtm().status("llama"));
            var after = uids(sandbox, GROUP_SET, "decode-set");
            assertThat(before).startsWith(after.toArray(String[]::new));
            assertThat(after).hasSizeLessThan(before.size()).hasSize(2 * (after.size() / 2));
            assertHarmless(scene, 5);
        }
    }

    @Test
    void a_rollout_is_let_finish_before_anything_moves(Sandbox sandbox) {
        sandbox.node("a", 8);
        var healthy = new AtomicBoolean();
        sandbox.kubelet()
                .healthy(
                        pod ->
                                healthy.get()
                                        || !pod.getMetadata().getLabels().containsKey("version"));
        try (var scene = new Scene(sandbox).deployed(4, 1);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            var _ =
                    sandbox.client()
                            .apps()
                            .deployments()
                            .inNamespace(sandbox.namespace())
                            .withName("prefill")
                            .patch(
                                    PatchContext.of(PatchType.JSON_MERGE),
                                    "{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"version\":\"2\"}}}}}");
            scene.rtm().awaitCondition("ScalingActive", "False", "RolloutInProgress");
            assertThat(scene.rtm().condition("ScalingActive").orElseThrow().message())
                    .isEqualTo("Deployment/prefill is being rolled out.");
            scene.loaded();
            Await.until(
                    Scene.LIMIT,
                    "a plan that waits",
                    () -> scene.rtm().status("llama").contains("being rolled out. Without that: "),
                    () -> scene.rtm().status("llama"));
            assertThat(scene.replicas("prefill")).isEqualTo(4);
            assertThat(scene.replicas("decode")).isOne();
            assertThat(scene.draining()).isEmpty();
            healthy.set(true);
            sandbox.kubelet().recheck();
            scene.awaitRebalanced();
            assertThat(scene.engines().lost()).isZero();
        }
    }

    @Test
    void a_width_that_is_nowhere_is_asked_for_by_its_field(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.deployment("prefill", 2).replace(GPU, ""));
            scene.create(Manifests.deployment("decode", 1));
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitCondition("ScalingActive", "False", "GpuWidthUnknown");
            assertThat(scene.rtm().condition("ScalingActive").orElseThrow().message())
                    .isEqualTo(
                            "spec.prefill.gpusPerReplica is not given, and the pod template asks"
                                    + " for no GPU; give gpusPerReplica.");
            assertThat(scene.replicas("prefill")).isEqualTo(2);
            merge(scene, "{\"spec\":{\"prefill\":{\"gpusPerReplica\":1}}}");
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
        }
    }

    @Test
    void a_target_that_is_missing_is_said_and_found_when_it_is_there(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.deployment("decode", 1));
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitCondition("ScalingActive", "False", "TargetUnreadable");
            assertThat(scene.rtm().condition("ScalingActive").orElseThrow().message())
                    .isEqualTo(
                            "Deployment/prefill does not exist in namespace %s."
                                    .formatted(sandbox.namespace()));
            scene.create(Manifests.deployment("prefill", 4));
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            scene.loaded();
            scene.awaitRebalanced();
            assertHarmless(scene, GPUS);
            var _ =
                    sandbox.client()
                            .apps()
                            .deployments()
                            .inNamespace(sandbox.namespace())
                            .withName("decode")
                            .delete();
            scene.rtm().awaitCondition("ScalingActive", "False", "TargetUnreadable");
        }
    }
}
