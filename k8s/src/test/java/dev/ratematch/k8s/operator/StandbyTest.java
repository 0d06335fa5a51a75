package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.scaler.Asker;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A Service sends KEDA to any of the operator's pods, and one of them leads.
@KubeTest
class StandbyTest {

    private static final int GPUS = 6;
    private static final Map<String, String> DECODE =
            Map.of("rateMatcher", "llama", "role", "decode");

    @Test
    void answers_as_the_leader_does(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        var user = sandbox.controlPlane().user(Scene.MANAGER, "system:masters");
        try (var scene = new Scene(sandbox).deployed(2, 2);
                var leader = scene.operator("one", user, sandbox.namespace())) {
            scene.engines().load(20, 500, 200, 0.01);
            scene.create(Manifests.matcher("Recommend", GPUS));
            Await.until(
                    Scene.LIMIT,
                    "a plan",
                    () -> scene.rtm().get().getStatus().pools() != null,
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            try (var standby = scene.operator("two", user, sandbox.namespace());
                    var asksLeader = new Asker(leader.scalerPort());
                    var asksStandby = new Asker(standby.scalerPort())) {
                double said =
                        Await.value(
                                Scene.LIMIT,
                                "an answer of the standby",
                                () -> Optional.of(asksStandby.value(sandbox.namespace(), DECODE)));
                assertThat(said)
                        .isPositive()
                        .isEqualTo(asksLeader.value(sandbox.namespace(), DECODE));
                assertThat(holder(sandbox)).isEqualTo("one");
            }
        }
    }

    private static String holder(Sandbox sandbox) {
        return Objects.requireNonNull(
                sandbox.client()
                        .leases()
                        .inNamespace(sandbox.namespace())
                        .withName("ratematch-operator")
                        .require()
                        .getSpec()
                        .getHolderIdentity());
    }
}
