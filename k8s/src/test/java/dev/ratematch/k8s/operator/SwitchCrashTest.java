package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.engine.SwitchableRole.Behaviour;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The operator is killed in every phase of a switch, and the next one goes on with it.
@KubeTest
class SwitchCrashTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"ASKING", "DRAINING", "SWITCHING", "VERIFYING", "RESTORING", "CONDEMNED"})
    void whoever_starts_next_goes_on_with_the_switch(String phase, Sandbox sandbox) {
        var workers = WorkersScene.deployed(sandbox);
        try (var scene = workers.scene()) {
            prepare(workers, phase);
            scene.loaded();
            try (var first = OperatorProgram.start(sandbox, "first", null)) {
                assertThat(first.alive()).isTrue();
                workers.matcher("Auto");
                workers.awaitPhase(phase);
                first.kill();
            }
            scene.engines().behave(Behaviour.SWITCHES);
            SwitchOnKubeTest.holdAll(workers, 0);
            int told = scene.engines().told();
            try (var second = OperatorProgram.start(sandbox, "second", null)) {
                assertThat(second.alive()).isTrue();
                workers.awaitDecode(3);
                Await.until(Scene.LIMIT, "agreement", workers::agrees, workers::toString);
            }

            assertThat(scene.engines().told()).isLessThanOrEqualTo(told + WorkersScene.GPUS);
            assertThat(scene.engines().lost()).isZero();
            assertThat(sandbox.gpus().max()).isEqualTo(WorkersScene.GPUS);
        }
    }

    /// So that a switch stays in that phase for long enough.
    private static void prepare(WorkersScene workers, String phase) {
        switch (phase) {
            case "DRAINING" -> SwitchOnKubeTest.holdAll(workers, 1);
            case "SWITCHING" -> workers.behaving(Behaviour.HANGS);
            case "RESTORING" -> workers.behaving(Behaviour.REFUSES);
            case "CONDEMNED" -> workers.behaving(Behaviour.BREAKS);
            default -> {}
        }
    }
}
