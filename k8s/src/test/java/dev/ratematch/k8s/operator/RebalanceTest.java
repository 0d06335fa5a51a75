package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.replay.Replay;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Recommending and rebalancing, while engines serve load.
@KubeTest
class RebalanceTest {

    private static final int GPUS = 6;

    @Test
    void auto_moves_gpus_to_the_role_that_is_short_and_loses_no_request(
            Sandbox sandbox, @TempDir Path journals) throws IOException {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1);
                var operator = scene.operator("one", journals)) {
            assertThat(operator.httpPort()).isPositive();
            scene.engines().load(90, 500, 200, 0.01);
            scene.create(Manifests.matcher("Auto", GPUS));
            Await.until(
                    Scene.LIMIT,
                    "decode grown at the expense of prefill",
                    () -> scene.ready("decode") >= 3 && scene.ready("prefill") <= 3,
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            assertThat(sandbox.gpus().max()).isLessThanOrEqualTo(GPUS);
            assertThat(scene.engines().completed()).isPositive();
            assertThat(scene.engines().lost()).isZero();
            assertThat(scene.rtm().get().getStatus().resolved())
                    .isNotNull()
                    .extracting(RateMatcherStatus.Resolved::budgetGpus)
                    .isEqualTo(GPUS);
        }
        comesOutTheSame(journals.resolve(sandbox.namespace() + "_llama.jsonl"));
    }

    /// What the operator decided on the real cluster, decided again from its journal alone.
    private static void comesOutTheSame(Path journal) throws IOException {
        var lines = Files.readAllLines(journal);
        assertThat(lines).anyMatch(line -> line.contains("\"decision\":\"resize\""));
        var replay = new Replay();
        lines.forEach(replay::line);
        var replayed = replay.end();
        assertThat(replayed.first()).isNull();
        assertThat(replayed.notes()).isEmpty();
        assertThat(replayed.cycles()).isGreaterThan(3);
    }

    @Test
    void recommend_says_the_same_and_writes_no_target(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.engines().load(90, 500, 200, 0.01);
            scene.create(Manifests.matcher("Recommend", GPUS));
            Await.until(
                    Scene.LIMIT,
                    "a recommendation of more decode",
                    () -> {
                        var said = scene.rtm().get().getStatus().recommendation();
                        return said != null
                                && said.decodeReplicasAtEnd() != null
                                && said.decodeReplicasAtEnd() > 1;
                    },
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            scene.rtm().awaitCondition("ScalingActive", "True", "Recommend");
            var done =
                    sandbox.controlPlane()
                            .auditLog()
                            .events()
                            .by(Scene.MANAGER)
                            .in(sandbox.namespace());
            assertThat(done.read().all()).isNotEmpty();
            String memory = Memories.name(scene.rtm().get());
            assertThat(done.tried().all())
                    .allMatch(
                            e ->
                                    e.resource().equals("events")
                                            || (e.resource().equals("configmaps")
                                                    && memory.equals(e.name()))
                                            || (e.resource().equals("ratematchers")
                                                    && e.subresource().equals("status")));
            assertThat(scene.replicas("prefill")).isEqualTo(4);
            assertThat(scene.replicas("decode")).isOne();
        }
    }

    @Test
    void without_a_budget_the_room_of_a_donor_that_left_is_kept(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(5, 1);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(
                    Manifests.matcher("Recommend", GPUS)
                            .replace("  budget: {gpus: %d}\n".formatted(GPUS), ""));
            scene.rtm().awaitCondition("ScalingActive", "True", "Recommend");
            scene.scaleByHand("prefill", 3);
            Await.until(
                    Scene.LIMIT,
                    "the donor seen gone",
                    () -> {
                        var seen = scene.rtm().get().getStatus().observed();
                        return seen != null
                                && "3P1D".equals(seen.ratio())
                                && Integer.valueOf(4).equals(seen.gpus());
                    },
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            assertThat(scene.rtm().get().getStatus().resolved())
                    .isNotNull()
                    .extracting(RateMatcherStatus.Resolved::budgetGpus)
                    .isEqualTo(GPUS);
        }
    }
}
