package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.chart.Installed;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import org.junit.jupiter.api.Test;

/// The operator with the token of an installation with `mode=recommend-only`.
@KubeTest
class RecommendOnlyTest {

    private static final int GPUS = 6;

    @Test
    void pods_with_a_gate_serve_and_nothing_is_drained_whatever_is_asked_for(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        var installed = Installed.of(sandbox, "--set", "mode=recommend-only");
        try (var scene = new Scene(sandbox);
                var operator = RbacTest.operator(sandbox, installed)) {
            assertThat(operator.httpPort()).isPositive();
            scene.gated(4, 1);
            scene.create(Manifests.matcher("Recommend", GPUS));
            Await.until(
                    Scene.LIMIT,
                    "all pods ready",
                    () -> scene.ready("prefill") == 4 && scene.ready("decode") == 1,
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            assertThat(
                            sandbox.controlPlane()
                                    .auditLog()
                                    .events()
                                    .byServiceAccount(installed.namespace(), installed.account())
                                    .in(sandbox.namespace())
                                    .forbidden()
                                    .all())
                    .isEmpty();

            scene.loaded();
            scene.rtm().patch("llama", "/spec/mode", "Auto");
            Await.until(
                    Scene.LIMIT,
                    "that it may not",
                    () ->
                            RbacTest.events(scene, "llama", "NotPermitted").stream()
                                    .anyMatch(e -> e.getNote().contains("mode=auto")),
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            assertThat(scene.draining()).isEmpty();
            assertThat(scene.ready("prefill")).isEqualTo(4);
            assertThat(scene.replicas("prefill")).isEqualTo(4);
            assertThat(scene.rtm().get().getMetadata().getFinalizers()).isEmpty();
        }
    }
}
