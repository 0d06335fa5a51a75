package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.AuditLog.Events;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// One hand on a target, and only on its own pods.
@KubeTest
class OneHandTest {

    private static final int GPUS = 6;

    /// Wants another fleet of the same GPUs.
    private static final String SECOND =
            Manifests.matcher("Auto", GPUS)
                    .replace("{name: llama}", "{name: second}")
                    .replace("itl: 20ms", "itl: 200ms")
                    .replace("ttft: 1s", "ttft: 100ms");

    private static Optional<Condition> second(Sandbox sandbox, String type) {
        var status =
                sandbox.client()
                        .resources(RateMatcher.class)
                        .inNamespace(sandbox.namespace())
                        .withName("second")
                        .require()
                        .getStatus();
        return status == null || status.conditions() == null
                ? Optional.empty()
                : status.conditions().stream().filter(c -> c.type().equals(type)).findFirst();
    }

    private static void awaitSecond(Scene scene, String status, String reason) {
        Await.until(
                Scene.LIMIT,
                "the second %s %s".formatted(status, reason),
                () ->
                        second(scene.sandbox(), "ScalingActive")
                                .filter(c -> c.status().equals(status))
                                .filter(c -> c.reason().equals(reason))
                                .isPresent(),
                () -> scene.rtm().status("second"));
    }

    private static Events written(Sandbox sandbox, String resource) {
        return sandbox.controlPlane()
                .auditLog()
                .events()
                .in(sandbox.namespace())
                .on(resource)
                .wrote();
    }

    @Test
    void two_in_auto_on_one_deployment_are_one_writer(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            var begun = Instant.now();
            scene.create(SECOND);
            awaitSecond(scene, "False", "Conflict");
            scene.rtm().awaitCondition("Conflict", "True", "YoungerRateMatcher");
            scene.loaded();
            scene.awaitRebalanced();

            assertThat(second(sandbox, "Conflict").orElseThrow().message())
                    .contains(sandbox.namespace() + "/llama is older", "Deployment/prefill");
            assertThat(scene.rtm().condition("Conflict").orElseThrow().message())
                    .contains(sandbox.namespace() + "/second (Deployment/prefill)");
            assertThat(scene.rtm().condition("ScalingActive").orElseThrow().status())
                    .isEqualTo("True");
            assertNoFight(scene, begun);
            sandbox.client().resource(scene.rtm().get()).delete();
            awaitSecond(scene, "True", "Auto");
        }
    }

    /// One writer turns the fleet once: each count moves one way, and every pod that is started is
    /// one that decode has grown by.
    private static void assertNoFight(Scene scene, Instant begun) {
        var sandbox = scene.sandbox();
        var scales = written(sandbox, "deployments/scale").since(begun);
        int grown = scene.replicas("decode") - 1;
        assertThat(scales.all()).isNotEmpty();
        assertThat(scales.by(Scene.MANAGER)).isEqualTo(scales);
        assertThat(scales.where(e -> e.name().equals("decode")).all().size())
                .as("writes that each added a replica at least")
                .isLessThanOrEqualTo(grown);
        assertThat(written(sandbox, "pods").verb("create").since(begun).all()).hasSize(grown);
        assertThat(sandbox.gpus().max()).isLessThanOrEqualTo(GPUS);
        assertThat(scene.engines().lost()).isZero();
        assertThat(scene.rtm().status("second")).contains("recommendation=null", "move=null");
    }

    @Test
    void a_selector_that_matches_both_roles_is_refused_until_it_does_not(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(
                    Manifests.matcher("Auto", GPUS)
                            .replace(
                                    "{name: prefill}",
                                    "{name: prefill}\n    selector: pod-template-hash"));
            scene.rtm().awaitCondition("ScalingActive", "False", "SelectorMatchesOthers");
            assertThat(scene.rtm().condition("ScalingActive").orElseThrow().message())
                    .contains("Deployment/prefill, pod-template-hash", "pod decode-")
                    .contains("belongs to Deployment/decode", "spec.prefill.selector");
            assertThat(scene.rtm().get().getStatus().observed()).isNull();
            assertThat(written(sandbox, "deployments/scale").all()).isEmpty();
            scene.rtm().patch("llama", "/spec/prefill/selector", "app=prefill");
            scene.awaitRebalanced();
            assertThat(Objects.requireNonNull(scene.rtm().get().getStatus().observed()).gpus())
                    .isLessThanOrEqualTo(GPUS);
        }
    }

    /// What `mode=recommend-only` grants within a namespace.
    private static String reader(String namespace) {
        return """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: rbac.authorization.k8s.io/v1
          kind: Role
          metadata: {name: reader}
          rules:
          - {apiGroups: [ratematch.dev], resources: [ratematchers], verbs: [list, watch]}
          - {apiGroups: [ratematch.dev], resources: [ratematchers/status], verbs: [patch]}
          - {apiGroups: [""], resources: [pods], verbs: [list, watch]}
          - {apiGroups: [""], resources: [configmaps], verbs: [get, create, patch]}
          - {apiGroups: [apps], resources: [deployments, statefulsets], verbs: [get, list, watch]}
          - {apiGroups: [leaderworkerset.x-k8s.io], resources: [leaderworkersets], verbs: [get, list, watch]}
          - {apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [list, watch]}
          - {apiGroups: [events.k8s.io], resources: [events], verbs: [create, patch]}
        - apiVersion: rbac.authorization.k8s.io/v1
          kind: RoleBinding
          metadata: {name: reader}
          roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
          subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: reader-%s}]
        """
                .formatted(namespace);
    }

    @Test
    void a_move_that_may_not_be_carried_out_never_begins(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        String user = "reader-" + sandbox.namespace();
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded()) {
            scene.create(reader(sandbox.namespace()));
            try (var operator = scene.operator("one", sandbox.controlPlane().user(user), null)) {
                assertThat(operator.httpPort()).isPositive();
                scene.create(Manifests.matcher("Auto", GPUS));
                scene.rtm().awaitCondition("ScalingActive", "False", "NotPermitted");
                assertThat(scene.rtm().condition("ScalingActive").orElseThrow().message())
                        .contains("patch deployments/scale (prefill) in " + sandbox.namespace());
                Await.until(
                        Scene.LIMIT,
                        "advice all the same",
                        () -> scene.rtm().get().getStatus().nextMove() != null,
                        () -> scene.rtm().status("llama"));
                assertThat(scene.rtm().get().getStatus().move()).isNull();
                var tried =
                        sandbox.controlPlane()
                                .auditLog()
                                .events()
                                .in(sandbox.namespace())
                                .by(user)
                                .tried();
                assertThat(tried.on("deployments/scale").all()).isEmpty();
                assertThat(tried.on("pods").all()).isEmpty();
            }
        }
    }
}
