package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.chart.Installed;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.engine.SwitchableRole.Behaviour;
import org.junit.jupiter.api.Test;

/// What instances that switch roles take of rights, with a real token of the chart's account.
@KubeTest
class SwitchRightsTest {

    @Test
    void without_the_right_to_delete_a_pod_no_switch_begins_and_with_it_nothing_is_missing(
            Sandbox sandbox) {
        var workers = WorkersScene.deployed(sandbox).behaving(Behaviour.BREAKS);
        var scene = workers.scene();
        scene.loaded();
        workers.matcher("Auto");
        try (var operator = RbacTest.operator(sandbox, Installed.of(sandbox))) {
            assertThat(operator.httpPort()).isPositive();
            scene.rtm().awaitCondition("ScalingActive", "False", "NotPermitted");
            assertThat(scene.rtm().condition("ScalingActive").orElseThrow().message())
                    .contains("delete pods")
                    .contains("switching.enabled");
            assertThat(scene.engines().told()).isZero();
        }
        var installed = Installed.of(sandbox, "--set", "switching.enabled=true");
        var before = workers.uids();
        try (var _ = scene;
                var operator = RbacTest.operator(sandbox, installed)) {
            assertThat(operator.httpPort()).isPositive();
            Await.until(
                    Scene.LIMIT,
                    "a pod in the place of the one that broke",
                    () -> !workers.uids().equals(before),
                    workers::toString);
            workers.behaving(Behaviour.SWITCHES);
            workers.awaitDecode(3);

            var done =
                    sandbox.controlPlane()
                            .auditLog()
                            .events()
                            .byServiceAccount(installed.namespace(), installed.account());
            assertThat(done.forbidden().all()).isEmpty();
            assertThat(installed.used(done)).contains("delete pods", "patch pods");
            assertThat(installed.granted()).contains("delete pods");
            assertThat(scene.engines().lost()).isZero();
        }
    }
}
