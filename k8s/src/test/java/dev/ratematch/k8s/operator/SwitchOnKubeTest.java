package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.LeaderWorkerSets;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.engine.SwitchableRole.Behaviour;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Instances switch roles on the real control plane, while their engines serve load.
@KubeTest
class SwitchOnKubeTest {

    @Test
    void a_rebalance_switches_instances_and_loses_no_request(Sandbox sandbox) {
        var workers = WorkersScene.deployed(sandbox);
        try (var scene = workers.scene();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            var before = workers.uids();
            scene.loaded();
            workers.matcher("Auto");
            workers.awaitDecode(3);

            assertThat(scene.engines().told()).isPositive();
            assertThat(workers.uids()).isEqualTo(before);
            assertThat(scene.replicas("workers")).isEqualTo(WorkersScene.GPUS);
            assertThat(scene.engines().completed()).isPositive();
            assertThat(scene.engines().lost()).isZero();
            assertThat(scene.mismatched()).isEmpty();
            assertThat(sandbox.gpus().max()).isEqualTo(WorkersScene.GPUS);
            assertThat(workers.agrees()).isTrue();
            assertThat(workers.leaders())
                    .noneMatch(
                            pod ->
                                    WorkersScene.annotations(pod).keySet().stream()
                                            .anyMatch(key -> key.startsWith("ratematch.dev/")));
            workers.awaitEvent("Switched");
            Await.until(
                    Scene.LIMIT,
                    "no finalizer",
                    () -> scene.rtm().get().getMetadata().getFinalizers().isEmpty());
        }
    }

    @Test
    void a_safe_refusal_goes_back_and_an_unsafe_one_is_replaced(Sandbox sandbox) {
        var workers = WorkersScene.deployed(sandbox).behaving(Behaviour.REFUSES);
        try (var scene = workers.scene();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            var before = workers.uids();
            scene.loaded();
            workers.matcher("Auto");
            scene.rtm().awaitCondition(SwitchText.SWITCHABLE, "False", "Refused");
            Await.until(Scene.LIMIT, "none out", () -> workers.out().isEmpty());

            assertThat(workers.uids()).isEqualTo(before);
            workers.behaving(Behaviour.BREAKS);
            workers.awaitEvent("SwitchGivenUp");
            Await.until(
                    Scene.LIMIT,
                    "a pod in the place of the one that broke",
                    () -> !workers.uids().equals(before) && workers.leaders().size() == 6,
                    workers::toString);
            workers.behaving(Behaviour.SWITCHES);
            workers.awaitDecode(3);

            assertThat(scene.engines().lost()).isZero();
        }
    }

    @Test
    void an_engine_that_hangs_costs_its_pod_and_no_request(Sandbox sandbox) {
        var workers = WorkersScene.deployed(sandbox).behaving(Behaviour.HANGS);
        try (var scene = workers.scene();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            var before = workers.uids();
            scene.loaded();
            workers.matcher("Auto");
            Await.until(
                    Scene.LIMIT,
                    "a pod in the place of the one that hangs",
                    () -> !workers.uids().equals(before),
                    workers::toString);
            workers.behaving(Behaviour.SWITCHES);
            workers.awaitDecode(3);

            assertThat(scene.engines().lost()).isZero();
            assertThat(workers.agrees()).isTrue();
        }
    }

    @Test
    void what_engines_do_not_offer_is_said_and_takes_none_out(Sandbox sandbox) {
        var workers = WorkersScene.deployed(sandbox).behaving(Behaviour.OFFERS_NONE);
        try (var scene = workers.scene();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.loaded();
            workers.matcher("Auto");
            scene.rtm().awaitCondition(SwitchText.SWITCHABLE, "False", "NotOffered");
            workers.behaving(Behaviour.WANTS_KEY);
            Await.until(
                    Scene.LIMIT,
                    "the key that is asked for",
                    () ->
                            scene.rtm()
                                    .condition(SwitchText.SWITCHABLE)
                                    .filter(c -> c.message().contains("401"))
                                    .filter(c -> c.message().contains("secretRef"))
                                    .isPresent(),
                    workers::toString);

            var events = sandbox.controlPlane().auditLog().events().by(Scene.MANAGER);
            assertThat(events.in(sandbox.namespace()).wrote().on("pods").all()).isEmpty();
            assertThat(scene.engines().told()).isZero();
        }
    }

    @Test
    void recommend_writes_nothing_and_says_what_to_do_by_hand(Sandbox sandbox) {
        var workers = WorkersScene.deployed(sandbox);
        try (var scene = workers.scene();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.loaded();
            workers.matcher("Recommend");
            Await.until(
                    Scene.LIMIT,
                    "advice to switch",
                    () -> {
                        var status = scene.rtm().get().getStatus();
                        return status != null
                                && status.switches() != null
                                && status.switches().advice() != null;
                    },
                    workers::toString);

            var said = Objects.requireNonNull(scene.rtm().get().getStatus().switches());
            String advice = Objects.requireNonNull(said.advice());
            assertThat(advice).startsWith("switch workers-").contains(" to decode");
            var done =
                    sandbox.controlPlane()
                            .auditLog()
                            .events()
                            .by(Scene.MANAGER)
                            .in(sandbox.namespace());
            assertThat(done.read().all()).isNotEmpty();
            assertThat(done.tried().all())
                    .allMatch(
                            e ->
                                    e.resource().equals("events")
                                            || e.resource().equals("configmaps")
                                            || (e.resource().equals("ratematchers")
                                                    && e.subresource().equals("status")));
            assertThat(scene.engines().told()).isZero();
            byHand(
                    workers,
                    advice.split(" ", -1)[1].replace(",", ""),
                    Objects.requireNonNull(said.commands()));
        }
    }

    /// The commands of the advice, as a person runs them.
    private static void byHand(WorkersScene workers, String instance, List<String> commands) {
        var scene = workers.scene();
        var kubectl =
                scene.sandbox()
                        .controlPlane()
                        .kubectl(scene.sandbox().controlPlane().user("alice", "system:masters"));
        for (String command : commands) {
            if (command.startsWith("kubectl ")) {
                kubectl.run(command.substring("kubectl ".length()).split(" ", -1)).orThrow();
            } else {
                Await.until(
                        Scene.LIMIT,
                        "idle before " + command,
                        () -> scene.engines().busy(instance) == 0);
                var _ = Shell.run(command);
            }
        }
        assertThat(scene.engines().prefill(instance)).isFalse();
        assertThat(workers.count("decode")).isEqualTo(2);
        assertThat(scene.engines().lost()).isZero();
    }

    @Test
    void a_label_that_somebody_changes_and_a_pod_that_restarts_are_put_right(Sandbox sandbox) {
        var workers = WorkersScene.deployed(sandbox);
        try (var scene = workers.scene();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.engines().load(2, 500, 200, 0.01);
            workers.matcher("Auto");
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            Await.until(
                    Scene.LIMIT, "a look", () -> workers.kept().contains("\"role\":\"PREFILL\""));
            workers.label(WorkersScene.name(workers.leaders().getFirst()), "decode");
            workers.awaitEvent("SwitchConflict");
            Await.until(Scene.LIMIT, "agreement", workers::agrees, workers::toString);

            scene.loaded();
            holdAll(workers, 1);
            workers.awaitPhase("DRAINING");
            var out =
                    Await.value(
                            Scene.LIMIT,
                            "one that is out",
                            () ->
                                    workers.leaders().stream()
                                            .filter(
                                                    p ->
                                                            workers.out()
                                                                    .contains(WorkersScene.name(p)))
                                            .findFirst());
            scene.engines().restart(WorkersScene.name(out), false);
            sandbox.kubelet().crash(out);
            holdAll(workers, 0);
            workers.awaitDecode(3);
            Await.until(Scene.LIMIT, "agreement", workers::agrees, workers::toString);
        }
    }

    @Test
    void a_group_switches_as_one(Sandbox sandbox, LeaderWorkerSets groups) {
        assertThat(groups.program().alive()).isTrue();
        var workers = WorkersScene.grouped(sandbox);
        try (var scene = workers.scene();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            var before = workers.uids();
            scene.loaded();
            workers.matcher("Auto");
            workers.awaitDecode(2);

            Await.until(Scene.LIMIT, "pods as one", workers::together, workers::toString);
            assertThat(workers.members(WorkersScene.name(workers.leaders().getFirst()))).hasSize(2);
            assertThat(scene.engines().told()).isPositive();
            assertThat(workers.uids()).isEqualTo(before);
            assertThat(scene.engines().lost()).isZero();
        }
    }

    /// Keeps every instance busy, or no more.
    static void holdAll(WorkersScene workers, int requests) {
        var engines = workers.scene().engines();
        workers.leaders().stream()
                .map(WorkersScene::name)
                .filter(engines::runs)
                .forEach(pod -> engines.hold(pod, requests, 0));
    }
}
