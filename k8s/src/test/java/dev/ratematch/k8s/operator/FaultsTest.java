package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Processes that die and servers that go away.
@KubeTest
class FaultsTest {

    private static final int GPUS = 6;
    private static final Duration LONGER_THAN_A_REQUEST = Duration.ofSeconds(12);

    @ParameterizedTest
    @ValueSource(strings = {"DonorDraining", "DonorReleased", "ReceiverStarting"})
    void an_operator_that_is_killed_is_resumed_where_it_stood(String phase, Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(5, 1).loaded()) {
            scene.engines().kvRead(3);
            scene.create(Manifests.matcher("Auto", GPUS));
            String opened;
            try (var first = OperatorProgram.start(sandbox, "first", null)) {
                scene.rtm().awaitPhase(phase);
                first.kill();
                opened = String.valueOf(scene.rtm().get().getStatus().move());
            }
            try (var second = OperatorProgram.start(sandbox, "second", null)) {
                assertThat(second.alive()).isTrue();
                scene.awaitRebalanced();
            }
            assertThat(opened).contains(phase);
            assertThat(sandbox.gpus().max()).isLessThanOrEqualTo(GPUS);
            assertThat(scene.engines().lost()).isZero();
        }
    }

    @Test
    void an_operator_that_is_killed_while_a_move_is_called_off_goes_on_calling_it_off(
            Sandbox sandbox) {
        sandbox.node("a", 5);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded()) {
            scene.create(Manifests.matcher("Auto", GPUS));
            try (var first = OperatorProgram.start(sandbox, "first", null)) {
                Await.until(
                        Duration.ofMinutes(3),
                        "the move being called off",
                        () -> {
                            var move = scene.rtm().get().getStatus().move();
                            return move != null && "Compensating".equals(move.phase());
                        });
                first.kill();
            }
            try (var second = OperatorProgram.start(sandbox, "second", null)) {
                assertThat(second.alive()).isTrue();
                scene.awaitSettled(5);
            }
        }
    }

    @Test
    void a_dead_leader_is_followed_within_twenty_seconds_and_two_never_write(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1);
                var first = OperatorProgram.start(sandbox, "first", sandbox.namespace())) {
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            try (var second = OperatorProgram.start(sandbox, "second", sandbox.namespace())) {
                scene.loaded();
                scene.rtm().awaitMove();
                first.kill();
                var died = Instant.now();
                var log = sandbox.controlPlane().auditLog();
                Await.until(
                        Duration.ofSeconds(40),
                        "the second operator writing",
                        () ->
                                !log.events()
                                        .in(sandbox.namespace())
                                        .by(OperatorProgram.user("second"))
                                        .on("ratematchers/status")
                                        .wrote()
                                        .all()
                                        .isEmpty());
                var events = log.events().in(sandbox.namespace());
                var taken =
                        events.by(OperatorProgram.user("second"))
                                .on("ratematchers/status")
                                .wrote()
                                .all()
                                .getFirst()
                                .at();
                assertThat(Duration.between(died, taken)).isLessThan(Duration.ofSeconds(20));
                assertThat(events.by(OperatorProgram.user("first")).since(taken).tried().all())
                        .isEmpty();
                assertThat(second.alive()).isTrue();
                scene.awaitRebalanced();
                assertThat(sandbox.gpus().max()).isLessThanOrEqualTo(GPUS);
            }
        }
    }

    @Test
    void an_api_server_that_does_not_answer_for_a_while_is_waited_for(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitMove();
            sandbox.controlPlane().apiServer().freeze();
            Await.holds(
                    LONGER_THAN_A_REQUEST,
                    "no request is lost meanwhile",
                    () -> scene.engines().lost() == 0);
            sandbox.controlPlane().apiServer().thaw();
            scene.awaitRebalanced();
            assertThat(sandbox.gpus().max()).isLessThanOrEqualTo(GPUS);
            assertThat(scene.engines().lost()).isZero();
        }
    }

    @Test
    void an_api_server_that_goes_away_costs_time_and_nothing_else(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitMove();
            sandbox.controlPlane().stopApiServer();
            sandbox.controlPlane().startApiServer();
            scene.awaitRebalanced();
            assertThat(sandbox.gpus().max()).isLessThanOrEqualTo(GPUS);
            assertThat(scene.engines().lost()).isZero();
        }
    }
}
