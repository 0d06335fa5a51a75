package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An operator that is asked to end.
@KubeTest
class ShutdownTest {

    private static final int GPUS = 6;

    /// Half of what a pod has by default.
    private static final Duration LIMIT = Duration.ofSeconds(15);

    /// What was under way when the signal came.
    private static final Duration LAST_WRITES = Duration.ofSeconds(3);

    /// Of a process that Java ends for SIGTERM, or that ends by itself.
    private static final Integer[] GOOD = {0, 143};

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void in_the_middle_of_a_move_it_ends_soon_and_writes_no_more(boolean leads, Sandbox sandbox) {
        sandbox.node("a", GPUS);
        @Nullable String lease = leads ? sandbox.namespace() : null;
        try (var scene = new Scene(sandbox).deployed(5, 1).loaded()) {
            scene.engines().kvRead(5);
            scene.create(Manifests.matcher("Auto", GPUS));
            try (var first = OperatorProgram.start(sandbox, "first", lease)) {
                scene.rtm().awaitPhase("DonorDraining");
                var asked = Instant.now();
                assertThat(first.terminate(LIMIT)).isIn((Object[]) GOOD);
                var ended = Instant.now();
                var done =
                        sandbox.controlPlane()
                                .auditLog()
                                .events()
                                .by(OperatorProgram.user("first"))
                                .in(sandbox.namespace());
                assertThat(done.wrote().all()).isNotEmpty();
                var late = done.since(asked.plus(LAST_WRITES)).tried();
                assertThat(late.on("deployments/scale").all()).isEmpty();
                assertThat(late.on("pods").all()).isEmpty();
                assertThat(done.since(ended).all()).isEmpty();
            }
            if (leads) {
                assertThat(holder(sandbox)).isNullOrEmpty();
            }
            try (var second = OperatorProgram.start(sandbox, "second", lease)) {
                scene.awaitRebalanced();
                assertThat(second.terminate(LIMIT)).isIn((Object[]) GOOD);
            }
            assertThat(sandbox.gpus().max()).isLessThanOrEqualTo(GPUS);
            assertThat(scene.engines().lost()).isZero();
        }
    }

    @Test
    void while_the_api_server_does_not_answer_it_ends_all_the_same(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var operator = OperatorProgram.start(sandbox, "first", sandbox.namespace())) {
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            sandbox.controlPlane().apiServer().freeze();
            try {
                assertThat(operator.terminate(LIMIT)).isIn((Object[]) GOOD);
            } finally {
                sandbox.controlPlane().apiServer().thaw();
            }
        }
    }

    private static @Nullable String holder(Sandbox sandbox) {
        return sandbox.client()
                .leases()
                .inNamespace(sandbox.namespace())
                .withName("ratematch-operator")
                .require()
                .getSpec()
                .getHolderIdentity();
    }
}
