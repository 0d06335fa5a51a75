package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the cluster tells is decided on at once. The interval is so long here that its end cannot
/// be mistaken for an event.
@KubeTest
class EventDrivenTest {

    private static final int GPUS = 6;

    /// Far below the interval, far above what it takes on a busy machine.
    private static final Duration SOON = Duration.ofSeconds(15);

    @Test
    void a_receiver_that_becomes_ready_is_the_next_step(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(2, 1).loaded();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            sandbox.kubelet().loadTime(Duration.ofSeconds(10));
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitPhase("ReceiverStarting");
            scene.rtm().patch("llama", "/spec/telemetry/interval", "90s");
            var ready =
                    Await.value(
                            Scene.LIMIT,
                            "the receivers ready",
                            () ->
                                    scene.ready("decode") >= scene.replicas("decode")
                                                    && scene.ready("decode") > 1
                                            ? Optional.of(Instant.now())
                                            : Optional.empty());
            Await.until(
                    SOON,
                    "the next step",
                    () -> !"ReceiverStarting".equals(phase(status(scene))),
                    () -> String.valueOf(status(scene)));
            print("receiver-ready-to-next-step", ready);

            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            int before = Objects.requireNonNull(decode(scene).ready());
            sandbox.client().resource(sandbox.readyPods("app", "decode").getFirst()).delete();
            var gone = Instant.now();
            Await.until(
                    SOON,
                    "a pod fewer",
                    () -> Objects.requireNonNull(decode(scene).ready()) < before,
                    () -> String.valueOf(status(scene)));
            print("pod-gone-to-decision", gone);
        }
    }

    @Test
    void a_changed_spec_is_decided_on(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(2, 2);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.engines().load(20, 500, 200, 0.01);
            scene.create(Manifests.matcher("Recommend", GPUS));
            Await.until(Scene.LIMIT, "a plan", () -> status(scene).pools() != null);
            scene.rtm().patch("llama", "/spec/telemetry/interval", "90s");
            Await.until(SOON, "taken in", () -> "90.0s".equals(resolved(scene).interval()));
            sandbox.controlPlane()
                    .kubectl(sandbox.controlPlane().user("alice", "system:masters"))
                    .run(
                            "-n",
                            sandbox.namespace(),
                            "patch",
                            "ratematcher/llama",
                            "--type=merge",
                            "--patch={\"spec\":{\"budget\":{\"gpus\":5}}}")
                    .orThrow();
            var changed = Instant.now();
            Await.until(
                    SOON,
                    "the budget of 5",
                    () -> Integer.valueOf(5).equals(resolved(scene).budgetGpus()),
                    () -> String.valueOf(status(scene)));
            print("spec-changed-to-decision", changed);
        }
    }

    private static RateMatcherStatus status(Scene scene) {
        return Objects.requireNonNull(scene.rtm().get().getStatus());
    }

    private static RateMatcherStatus.Resolved resolved(Scene scene) {
        return Objects.requireNonNull(status(scene).resolved());
    }

    private static RateMatcherStatus.Pool decode(Scene scene) {
        return Objects.requireNonNull(Objects.requireNonNull(status(scene).observed()).decode());
    }

    private static String phase(RateMatcherStatus status) {
        var move = status.move();
        return move == null ? "none" : String.valueOf(move.phase());
    }

    private static void print(String what, Instant from) {
        System.out.printf(
                "%s: %.1f s%n", what, Duration.between(from, Instant.now()).toMillis() / 1e3);
    }
}
