package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.fleet.KubernetesFleet;
import dev.ratematch.k8s.fleet.Marks;
import dev.ratematch.k8s.fleet.PodWriter;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.TargetClient;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How a replica leaves: which one, in what order, and how it is called back.
@KubeTest
class DrainTest {

    private static final int GPUS = 6;
    private static final String LABEL = "serve";
    static final String BY_LABEL = "{routingLabel: serve, usual: 60s, timeout: 120s}";
    static final String BY_GATE = "{usual: 60s, timeout: 120s}";

    /// Prefill can give one of four; paused until the test has made the pods differ.
    static String matcher(String drain) {
        return Manifests.matcher("Auto", GPUS)
                .replace(
                        "{name: llama}",
                        "{name: llama, annotations: {%s: \"true\"}}".formatted(Api.PAUSED))
                .replace(
                        "{name: prefill}\n    leadTime: 2s\n"
                                + "    drain: {routingLabel: serve, usual: 1s, timeout: 30s}",
                        "{name: prefill}\n    minReplicas: 3\n    leadTime: 2s\n    drain: "
                                + drain);
    }

    /// Lets the pods of prefill be busy, the last one by name the least, and begins the move.
    private static List<String> begun(Scene scene) {
        var pods = draining(scene);
        assertThat(scene.draining())
                .singleElement()
                .satisfies(p -> assertThat(p.getMetadata().getName()).isEqualTo(pods.getLast()));
        return pods;
    }

    /// The same, whichever pod it is that drains.
    static List<String> draining(Scene scene) {
        Await.until(Scene.LIMIT, "prefill ready", () -> scene.ready("prefill") == 4);
        var pods =
                scene.sandbox().readyPods("app", "prefill").stream()
                        .map(p -> p.getMetadata().getName())
                        .sorted()
                        .toList();
        Await.until(
                Scene.LIMIT,
                "engines in all pods",
                () -> pods.stream().allMatch(scene.engines()::routable));
        for (int i = 0; i < pods.size(); i++) {
            scene.engines().hold(pods.get(i), pods.size() - i, 2);
        }
        scene.loaded();
        scene.rtm().annotate(Api.PAUSED, null);
        Await.until(
                Scene.LIMIT,
                "a pod that drains",
                () -> !scene.draining().isEmpty(),
                () -> String.valueOf(scene.rtm().get().getStatus()));
        return pods;
    }

    private static Pod pod(Scene scene, String name) {
        return scene.sandbox()
                .client()
                .pods()
                .inNamespace(scene.sandbox().namespace())
                .withName(name)
                .require();
    }

    /// The operator has looked at a pod several times, and left it where it is.
    private static void looksAndLeaves(Scene scene, String pod) {
        long before = scene.engines().asked(pod);
        Await.until(
                Scene.LIMIT,
                "the pod asked what it has to do",
                () -> scene.engines().asked(pod) >= before + 4);
        var metadata = pod(scene, pod).getMetadata();
        assertThat(metadata.getDeletionTimestamp()).isNull();
        assertThat(metadata.getAnnotations()).doesNotContainKey(Api.RELEASED);
        assertThat(scene.replicas("prefill")).isEqualTo(4);
    }

    private static void awaitRemoved(Scene scene, List<String> pods) {
        Await.until(
                Scene.LIMIT,
                "the others serving and nobody else",
                () ->
                        scene.replicas("prefill") == 3
                                && scene.sandbox().pods("app", "prefill").stream()
                                        .map(p -> p.getMetadata().getName())
                                        .sorted()
                                        .toList()
                                        .equals(pods.subList(0, 3)),
                () -> String.valueOf(scene.rtm().get().getStatus()));
        assertThat(scene.ready("prefill")).isEqualTo(3);
    }

    private static void assertHarmless(Scene scene) {
        assertThat(scene.sandbox().gpus().max()).isLessThanOrEqualTo(GPUS);
        assertThat(scene.sandbox().kubelet().cutOff()).isEmpty();
        assertThat(scene.engines().lost()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_LABEL, BY_GATE})
    void the_least_loaded_pod_goes_once_nothing_runs_and_its_kv_is_read(
            String drain, Sandbox sandbox) {
        sandbox.node("a", GPUS);
        boolean gate = drain.equals(BY_GATE);
        try (var scene = new Scene(sandbox);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            var _ = gate ? scene.gated(4, 1) : scene.deployed(4, 1);
            scene.create(matcher(drain));
            var pods = begun(scene);
            String victim = pods.getLast();

            Await.until(
                    Scene.LIMIT, "nothing new sent to it", () -> !scene.engines().routable(victim));
            if (gate) {
                assertThat(pod(scene, victim).getMetadata().getLabels()).containsKey(LABEL);
                assertThat(Sandbox.isReady(pod(scene, victim))).isFalse();
            } else {
                assertThat(pod(scene, victim).getMetadata().getLabels()).doesNotContainKey(LABEL);
                assertThat(pod(scene, victim).getMetadata().getAnnotations())
                        .containsEntry(Api.ROUTING_VALUE, "yes");
                assertThat(Sandbox.isReady(pod(scene, victim))).isTrue();
            }
            long received = scene.engines().received(victim);
            looksAndLeaves(scene, victim);
            scene.engines().hold(victim, 0, 2);
            looksAndLeaves(scene, victim);
            assertThat(scene.engines().received(victim)).isEqualTo(received);
            assertThat(scene.engines().received(pods.getFirst())).isPositive();

            scene.engines().hold(victim, 0, 0);
            awaitRemoved(scene, pods);
            assertHarmless(scene);
        }
    }

    @Test
    void after_the_timeout_a_busy_pod_goes_and_its_grace_period_protects_what_it_has(
            Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(matcher("{routingLabel: serve, usual: 60s, timeout: 5s}"));
            var pods = begun(scene);
            String victim = pods.getLast();
            Await.until(
                    Scene.LIMIT,
                    "the busy pod deleted",
                    () -> pod(scene, victim).getMetadata().getDeletionTimestamp() != null);
            var metadata = pod(scene, victim).getMetadata();
            var since = Instant.parse(metadata.getAnnotations().get(Api.DRAINING));
            var released = Instant.parse(metadata.getAnnotations().get(Api.RELEASED));
            assertThat(Duration.between(since, released)).isGreaterThan(Duration.ofSeconds(5));
            assertThat(scene.engines().busy(victim)).isPositive();
            scene.engines().hold(victim, 0, 0);
            awaitRemoved(scene, pods);
            assertHarmless(scene);
        }
    }

    /// The controller lets what drains drain; whoever scales up first asks those who still can
    /// stay.
    @ParameterizedTest
    @ValueSource(strings = {BY_LABEL, BY_GATE})
    void a_growth_calls_back_what_still_drains(String drain, Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox)) {
            List<String> pods;
            try (var operator = scene.operator("one")) {
                assertThat(operator.httpPort()).isPositive();
                var _ = drain.equals(BY_GATE) ? scene.gated(4, 1) : scene.deployed(4, 1);
                scene.create(matcher(drain));
                pods = begun(scene);
            }
            String victim = pods.getLast();
            Await.until(
                    Scene.LIMIT, "nothing new sent to it", () -> !scene.engines().routable(victim));
            long received = scene.engines().received(victim);
            var fleet = look(scene);
            assertThat(fleet.counts(Role.PREFILL).desired()).isEqualTo(3);
            fleet.scale(Role.PREFILL, 4);
            assertThat(fleet.counts(Role.PREFILL).desired()).isEqualTo(4);
            Await.until(
                    Scene.LIMIT,
                    "the pod serving again",
                    () -> scene.engines().received(victim) > received);
            var metadata = pod(scene, victim).getMetadata();
            assertThat(metadata.getLabels()).containsEntry(LABEL, "yes");
            assertThat(metadata.getAnnotations())
                    .doesNotContainKeys(Api.DRAINING, Api.RELEASED, Api.ROUTING_VALUE);
            assertThat(Sandbox.isReady(pod(scene, victim))).isTrue();
            assertThat(scene.replicas("prefill")).isEqualTo(4);
            assertThat(sandbox.pods("app", "prefill"))
                    .extracting(p -> p.getMetadata().getName())
                    .containsExactlyInAnyOrderElementsOf(pods);
            assertHarmless(scene);
        }
    }

    /// The fleet as the next process finds it.
    private static KubernetesFleet look(Scene scene) {
        var client = scene.sandbox().client();
        String namespace = scene.sandbox().namespace();
        var targets = new TargetClient(client, _ -> Optional.empty());
        String owner = Marks.owner(scene.rtm().get());
        var fleet =
                new KubernetesFleet(
                        targets, new PodWriter(client, owner), namespace, _ -> Map.of());
        var side = scene.rtm().get().getSpec().prefill();
        var target = targets.read(namespace, side);
        fleet.look(
                Role.PREFILL,
                side,
                target,
                Routing.of(side, target.podTemplate().map(t -> t.getSpec()), target.selector()),
                Duration.ofMinutes(2),
                scene.sandbox().pods("app", "prefill"),
                Instant.now());
        return fleet;
    }

    @Test
    void a_routing_label_that_holds_pods_in_their_target_is_refused(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(
                    Manifests.matcher("Auto", GPUS)
                            .replaceFirst("routingLabel: serve", "routingLabel: app"));
            scene.rtm().awaitCondition("ScalingActive", "False", "RoutingInvalid");
            assertThat(scene.rtm().condition("ScalingActive").orElseThrow().message())
                    .contains("spec.prefill.drain.routingLabel (app)", "app=prefill", "orphaned");
            assertThat(scene.replicas("prefill")).isEqualTo(4);
            scene.rtm().patch("llama", "/spec/prefill/drain/routingLabel", LABEL);
            scene.awaitRebalanced();
            assertHarmless(scene);
        }
    }
}
