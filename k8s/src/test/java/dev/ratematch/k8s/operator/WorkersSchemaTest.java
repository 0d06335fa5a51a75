package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What the API server says to a spec of workers.
@KubeTest
class WorkersSchemaTest {

    private static final String GIVEN = Manifests.workersMatcher("Recommend", 6, "sglang");

    @Test
    void it_takes_one_shape_of_the_two_and_says_what_is_wrong(Sandbox sandbox) {
        var scene = new Scene(sandbox);
        try (scene) {
            String role = "  prefill: {scaleTargetRef: {name: p}}\n";
            refused(scene, GIVEN + role, "give prefill and decode, a target for each role, or");
            refused(
                    scene,
                    Manifests.matcher("Recommend", 6).replaceFirst("(?s)  decode:.*", ""),
                    "give prefill and decode, a target for each role, or");
            refused(
                    scene,
                    GIVEN.replace("{key: llm-d.ai/role}", "{prefill: both, decode: both}"),
                    "roleLabel.prefill and roleLabel.decode must differ; both are both");
            refused(
                    scene,
                    GIVEN.replace("{key: llm-d.ai/role}", "{neither: decode}"),
                    "roleLabel.neither (decode) must be another value");
            refused(scene, GIVEN.replace("sglang", "dynamo"), "spec.workers.switch.protocol");
            refused(
                    scene,
                    GIVEN.replace("drainTimeout: 20s", "drainTimeout: soon"),
                    "switch.drainTimeout (soon) must be a duration above 0");
            refused(
                    scene,
                    GIVEN.replace("{gpus: 6, minGpus: 6}", "{gpus: 1}"),
                    "budget.gpus (1) must cover the fewest instances of both roles");
            scene.create(GIVEN);
            var kept = Objects.requireNonNull(scene.rtm().get().getSpec().workers());
            assertThat(kept.roleLabel().name()).isEqualTo(Scene.ROLE);
            assertThat(kept.switching().maxConcurrentSwitches()).isOne();
        }
    }

    private static void refused(Scene scene, String yaml, String words) {
        assertThatThrownBy(() -> scene.create(yaml)).as(yaml).hasMessageContaining(words);
        assertThat(
                        scene.sandbox()
                                .client()
                                .resources(RateMatcher.class)
                                .inNamespace(scene.sandbox().namespace())
                                .list()
                                .getItems())
                .isEmpty();
    }
}
