package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.FaultProxy;
import dev.ratematch.k8s.cluster.FaultProxy.Fault;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An API server that is there and behaves badly towards the operator alone, in the middle of a
/// move.
@KubeTest
class FaultProxyTest {

    private static final int GPUS = 6;

    /// The client waits longer after each failure, and a minute in the end.
    private static final Duration RECOVERED = Duration.ofMinutes(4);

    private static final int ENOUGH = 5;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_move_ends_all_the_same(Fault fault, Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(5, 1).loaded();
                var proxy =
                        new FaultProxy(
                                sandbox.controlPlane().user(Scene.MANAGER, "system:masters"));
                var operator = scene.operator("one", proxy.config(), null)) {
            assertThat(operator.httpPort()).isPositive();
            scene.engines().kvRead(2);
            scene.create(Manifests.matcher("Auto", GPUS));
            Await.until(
                    Scene.LIMIT,
                    "an open move",
                    () -> scene.rtm().get().getStatus().move() != null,
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            proxy.inject(fault);
            Await.until(RECOVERED, "requests gone wrong", () -> proxy.injected() >= ENOUGH);
            assertThat(scene.ready("decode")).isLessThan(3);
            proxy.inject(Fault.NONE);
            Await.until(
                    RECOVERED,
                    "decode grown at the expense of prefill, and no move open",
                    () ->
                            scene.ready("decode") >= 3
                                    && scene.ready("prefill") <= 3
                                    && scene.rtm().get().getStatus().move() == null,
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            assertThat(scene.draining()).isEmpty();
            assertThat(sandbox.gpus().max()).isLessThanOrEqualTo(GPUS);
            assertThat(scene.engines().lost()).isZero();
        }
    }
}
