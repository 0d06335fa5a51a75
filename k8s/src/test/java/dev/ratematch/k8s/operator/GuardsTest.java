package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What keeps the operator from acting, and what it does when the world does not go along.
@KubeTest
class GuardsTest {

    private static final int GPUS = 6;
    private static final Set<String> BEGINNINGS = Set.of("REBALANCE", "GROW");
    private static final Duration COMPENSATED = Duration.ofMinutes(3);

    @Test
    void a_move_that_gets_no_gpu_settles_for_what_can_be_had(Sandbox sandbox) {
        sandbox.node("a", 5); // the budget says 6: the sixth pod stays Pending
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.matcher("Auto", GPUS));
            Await.until(
                    COMPENSATED,
                    "the move being called off",
                    () -> {
                        var move = scene.rtm().get().getStatus().move();
                        return move != null && "Compensating".equals(move.phase());
                    },
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            scene.awaitSettled(5);
            assertThat(sandbox.gpus().max()).isLessThanOrEqualTo(GPUS);
            assertThat(scene.engines().lost()).isZero();
        }
    }

    @Test
    void somebody_else_who_scales_is_named_and_respected(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(2, 2);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitCondition("Conflict", "False", "None");
            scene.scaleByHand("prefill", 3);
            scene.rtm().awaitCondition("Conflict", "True", "OtherWriter");
            assertThat(scene.rtm().condition("Conflict"))
                    .hasValueSatisfying(
                            c -> assertThat(c.message()).contains("kubectl", "prefill to 3"));
            scene.loaded();
            Await.until(
                    Scene.LIMIT,
                    "a plan that is not carried out",
                    () ->
                            scene.rtm()
                                            .condition("ScalingActive")
                                            .orElseThrow()
                                            .reason()
                                            .equals("Conflict")
                                    && scene.rtm().get().getStatus().binding() != null,
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            assertThat(scene.replicas("prefill")).isEqualTo(3);
            assertThat(scene.replicas("decode")).isEqualTo(2);
        }
    }

    @Test
    void an_autoscaler_on_a_target_is_a_conflict_for_as_long_as_it_is_there(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(2, 1);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.create(
                    """
                    apiVersion: autoscaling/v2
                    kind: HorizontalPodAutoscaler
                    metadata: {name: by-cpu}
                    spec:
                      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: decode}
                      maxReplicas: 4
                    """);
            scene.rtm().awaitCondition("Conflict", "True", "OtherWriter");
            assertThat(scene.rtm().condition("Conflict").orElseThrow().message())
                    .contains("by-cpu");
            sandbox.client()
                    .autoscaling()
                    .v2()
                    .horizontalPodAutoscalers()
                    .inNamespace(sandbox.namespace())
                    .withName("by-cpu")
                    .delete();
            scene.rtm().awaitCondition("Conflict", "False", "None");
        }
    }

    @Test
    void a_pause_holds_and_its_end_lets_go(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(
                    Manifests.matcher("Auto", GPUS)
                            .replace(
                                    "{name: llama}",
                                    "{name: llama, annotations: {%s: \"true\"}}"
                                            .formatted(Api.PAUSED)));
            Await.until(
                    Scene.LIMIT,
                    "a plan under the pause",
                    () -> {
                        var said = scene.rtm().get().getStatus().recommendation();
                        return scene.rtm()
                                        .condition("ScalingActive")
                                        .orElseThrow()
                                        .reason()
                                        .equals("Paused")
                                && said != null
                                && "PAUSED".equals(said.reason());
                    },
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            assertThat(scene.replicas("prefill")).isEqualTo(4);
            scene.rtm().annotate(Api.PAUSED, null);
            scene.awaitRebalanced();
        }
    }

    @Test
    void engines_that_abort_on_sigterm_are_never_scaled(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.deployment("prefill", 2));
            scene.create(
                    Manifests.deployment("decode", 1)
                            .replace("--shutdown-timeout=100", "--port=8000"));
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitCondition("ScalingActive", "False", "GracePeriodTooShort");
            assertThat(scene.rtm().condition("ScalingActive").orElseThrow().message())
                    .contains("decode", "--shutdown-timeout", "drain.engineShutdownTimeout");
        }
    }

    @Test
    void a_second_service_on_a_full_pool_is_refused_and_the_first_goes_on(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        String pool = sandbox.namespace() + "-pool";
        try (var scene = new Scene(sandbox).deployed(2, 1);
                var operator = scene.clusterOperator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.pool(pool, 8));
            String first =
                    Manifests.matcher("Auto", GPUS)
                            .replace("gpus: 6", "gpus: 6, poolRef: " + pool)
                            .replace("  accelerator: b200\n", "");
            scene.create(first);
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            scene.create(Manifests.deployment("prefill-2", 0));
            scene.create(Manifests.deployment("decode-2", 0));
            scene.create(
                    first.replace("name: llama}", "name: second}")
                            .replace("name: prefill}", "name: prefill-2}")
                            .replace("name: decode}", "name: decode-2}"));
            Await.until(
                    Scene.LIMIT,
                    "the second refused",
                    () -> String.valueOf(second(sandbox).getStatus()).contains("BudgetNotGranted"),
                    () -> String.valueOf(second(sandbox).getStatus()));
            assertThat(String.valueOf(second(sandbox).getStatus())).contains("2 are left");
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
        }
    }

    private static RateMatcher second(Sandbox sandbox) {
        return sandbox.client()
                .resources(RateMatcher.class)
                .inNamespace(sandbox.namespace())
                .withName("second")
                .require();
    }

    @Test
    void what_is_deleted_in_the_middle_of_a_move_is_left_as_it_stands(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitMove();
            sandbox.client().resource(scene.rtm().get()).delete();
            Await.until(
                    Scene.LIMIT,
                    "a fleet at rest",
                    () -> {
                        int p = scene.replicas("prefill");
                        int d = scene.replicas("decode");
                        return p >= 1
                                && d >= 1
                                && scene.ready("decode") == d
                                && scene.draining().isEmpty();
                    });
            assertThat(sandbox.gpus().max()).isLessThanOrEqualTo(GPUS);
            assertThat(scene.engines().lost()).isZero();
        }
    }

    @Test
    void a_recommendation_that_a_person_follows_becomes_the_move(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.matcher("Recommend", GPUS));
            Await.until(
                    Scene.LIMIT,
                    "a recommendation",
                    () -> {
                        var said = scene.rtm().get().getStatus().recommendation();
                        return said != null && BEGINNINGS.contains(said.reason());
                    },
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            var said = scene.rtm().get().getStatus().recommendation();
            assertThat(said).isNotNull();
            assertThat(scene.rtm().get().getStatus().move()).isNull();
            if (said != null && said.prefillReplicas() != null && said.decodeReplicas() != null) {
                scene.scaleByHand("prefill", said.prefillReplicas());
                scene.scaleByHand("decode", said.decodeReplicas());
            }
            Await.until(
                    Scene.LIMIT,
                    "the recommendation seen as begun",
                    () -> {
                        var status = scene.rtm().get().getStatus();
                        return status.move() != null
                                || (status.recommendation() != null
                                        && !BEGINNINGS.contains(status.recommendation().reason()));
                    },
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            assertThat(scene.rtm().condition("Conflict").orElseThrow().status()).isEqualTo("False");
        }
    }

    @Test
    void an_object_of_an_older_schema_is_named_by_its_missing_field(Sandbox sandbox) {
        try (var scene = new Scene(sandbox);
                var operator = scene.operator("one")) {
            Definitions.loosen(sandbox);
            assertThat(operator.httpPort()).isPositive();
            var older =
                    """
                    apiVersion: ratematch.dev/v1alpha1
                    kind: RateMatcher
                    metadata: {name: llama}
                    spec:
                      model: llama-3.1-70b
                      prefill: {scaleTargetRef: {name: prefill}}
                      decode: {scaleTargetRef: {name: decode}}
                    """;
            Await.until(
                    Scene.LIMIT,
                    "the looser schema in force",
                    () -> {
                        scene.create(older);
                        return true;
                    });
            Definitions.install(sandbox);
            Await.until(
                    Scene.LIMIT,
                    "the missing field named",
                    () ->
                            scene.rtm()
                                    .condition("ScalingActive")
                                    .filter(c -> c.message().contains("spec.slo is missing"))
                                    .isPresent(),
                    () -> String.valueOf(scene.rtm().get().getStatus()));
        }
    }
}
