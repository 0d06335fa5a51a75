package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Kubectl;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What an admin sees of a RateMatcher with kubectl: whether it is Ready, and why not.
@KubeTest
class ReadyOnKubeTest {

    private static final int GPUS = 6;
    private static final Duration SOON = Duration.ofSeconds(20);

    private static Kubectl kubectl(Sandbox sandbox) {
        return sandbox.controlPlane()
                .kubectl(sandbox.controlPlane().user("alice", "system:masters"));
    }

    private static String get(Sandbox sandbox) {
        return kubectl(sandbox).run("-n", sandbox.namespace(), "get", "rtm").orThrow();
    }

    private static void awaitReady(Sandbox sandbox) {
        kubectl(sandbox)
                .run(
                        "-n",
                        sandbox.namespace(),
                        "wait",
                        "--for=condition=Ready",
                        "--timeout=60s",
                        "ratematcher/llama")
                .orThrow();
    }

    private static List<Event> events(Sandbox sandbox, String reason) {
        return sandbox
                .client()
                .events()
                .v1()
                .events()
                .inNamespace(sandbox.namespace())
                .list()
                .getItems()
                .stream()
                .filter(event -> "RateMatcher".equals(event.getRegarding().getKind()))
                .filter(event -> event.getReason().equals(reason))
                .toList();
    }

    private static Event awaitEvent(Sandbox sandbox, String reason) {
        Await.until(SOON, "event " + reason, () -> !events(sandbox, reason).isEmpty());
        return events(sandbox, reason).getFirst();
    }

    private static RateMatcherStatus status(Scene scene) {
        return Objects.requireNonNull(scene.rtm().get().getStatus());
    }

    @Test
    void kubectl_waits_for_a_healthy_object_in_both_modes(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(2, 2)) {
            scene.engines().load(5, 500, 200, 0.01);
            scene.create(Manifests.matcher("Recommend", GPUS));
            assertThat(get(sandbox)).contains("Unknown", "NotReadYet");
            try (var operator = scene.operator("one")) {
                assertThat(operator.httpPort()).isPositive();
                awaitReady(sandbox);
                scene.rtm().awaitCondition("ScalingActive", "True", "Recommend");
                scene.rtm().patch("llama", "/spec/mode", "Auto");
                // The condition says of which spec it is, so that this waits for the new one.
                awaitReady(sandbox);
                assertThat(scene.rtm().condition("Ready"))
                        .hasValueSatisfying(c -> assertThat(c.observedGeneration()).isEqualTo(2L));
                scene.rtm().awaitCondition("Ready", "True", "Auto");
                remembers(scene);
            }
        }
    }

    /// It owns its memory, which goes with it.
    private static void remembers(Scene scene) {
        var sandbox = scene.sandbox();
        var matcher = scene.rtm().get();
        assertThat(status(scene).memory()).isNull();
        assertThat(memory(sandbox, matcher))
                .isNotNull()
                .satisfies(
                        map -> {
                            assertThat(map.getData()).containsKey("memory");
                            assertThat(map.getMetadata().getOwnerReferences())
                                    .singleElement()
                                    .returns(matcher.getMetadata().getUid(), o -> o.getUid());
                        });
        sandbox.client().resource(matcher).delete();
        Await.until(SOON, "its memory gone", () -> memory(sandbox, matcher) == null);
    }

    private static ConfigMap memory(Sandbox sandbox, RateMatcher matcher) {
        return sandbox.client()
                .configMaps()
                .inNamespace(sandbox.namespace())
                .withName(Memories.name(matcher))
                .get();
    }

    @Test
    void an_open_move_that_an_earlier_version_kept_in_the_status_goes_on(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded()) {
            sandbox.kubelet().starts(pod -> !late(pod));
            scene.create(Manifests.matcher("Auto", GPUS));
            try (var operator = scene.operator("one")) {
                assertThat(operator.httpPort()).isPositive();
                scene.rtm().awaitPhase("ReceiverStarting");
            }
            var matcher = scene.rtm().get();
            var begun = Objects.requireNonNull(status(scene).move()).startedAt();
            String memory = memory(sandbox, matcher).getData().get("memory");
            sandbox.client().resource(memory(sandbox, matcher)).delete();
            write(sandbox, matcher, RememberedTest.old(status(scene), memory));
            try (var operator = scene.operator("two")) {
                assertThat(operator.httpPort()).isPositive();
                Await.until(SOON, "it moved", () -> memory(sandbox, matcher) != null);
                Await.until(SOON, "it gone", () -> status(scene).memory() == null);
                assertThat(status(scene).move())
                        .isNotNull()
                        .returns(begun, RateMatcherStatus.MoveStatus::startedAt);
                sandbox.kubelet().starts(_ -> true);
                scene.awaitRebalanced();
                awaitEvent(sandbox, "MoveCompleted");
            }
            assertThat(events(sandbox, "MemoryLost")).isEmpty();
        }
    }

    /// As the operator wrote a status at any time.
    private static void write(Sandbox sandbox, RateMatcher matcher, RateMatcherStatus status) {
        var applied = new RateMatcher();
        applied.setMetadata(
                new ObjectMetaBuilder()
                        .withName(matcher.getMetadata().getName())
                        .withNamespace(sandbox.namespace())
                        .build());
        applied.setStatus(status);
        var _ =
                sandbox.client()
                        .resource(applied)
                        .subresource("status")
                        .patch(
                                new PatchContext.Builder()
                                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                        .withForce(true)
                                        .withFieldManager(Api.FIELD_MANAGER)
                                        .build(),
                                applied);
    }

    /// Whether a pod is one that a move asked for.
    private static boolean late(Pod pod) {
        var labels = pod.getMetadata().getLabels();
        return labels != null
                && "decode".equals(labels.get("app"))
                && Instant.parse(pod.getMetadata().getCreationTimestamp())
                        .isAfter(Instant.now().minus(Duration.ofSeconds(1)));
    }

    @Test
    void a_pod_that_stays_in_ContainerCreating_is_named_long_before_the_deadline(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1).loaded();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            var first = sandbox.pods("app", "decode").getFirst().getMetadata().getName();
            sandbox.kubelet()
                    .starts(
                            pod ->
                                    !"decode".equals(pod.getMetadata().getLabels().get("app"))
                                            || pod.getMetadata().getName().equals(first));
            scene.create(Manifests.matcher("Auto", GPUS));
            scene.rtm().awaitCondition("PodsHealthy", "False", "PodStuck");

            var deadline = Objects.requireNonNull(status(scene).move()).deadline();
            assertThat(Instant.now()).isBefore(Instant.parse(deadline).minusSeconds(10));
            assertThat(scene.rtm().condition("PodsHealthy").orElseThrow().message())
                    .contains(
                            "ecode pod decode-", sandbox.nodeName("a"), "ContainerCreating since");
            assertThat(status(scene).reason()).isEqualTo("PodStuck");
            assertThat(get(sandbox)).contains("PodStuck");
            assertThat(awaitEvent(sandbox, "PodStuck").getType()).isEqualTo("Warning");
            assertThat(scene.rtm().condition("SloReachable"))
                    .map(Condition::status)
                    .contains("True");
        }
    }

    @Test
    void a_lost_node_is_named(Sandbox sandbox) {
        sandbox.node("a", GPUS).node("b", 2);
        try (var scene = new Scene(sandbox);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(on(sandbox, "a", Manifests.deployment("prefill", 2)));
            scene.create(on(sandbox, "b", Manifests.deployment("decode", 2)));
            Await.until(
                    Scene.LIMIT,
                    "all engines ready",
                    () -> scene.ready("prefill") == 2 && scene.ready("decode") == 2);
            scene.engines().load(5, 500, 200, 0.01);
            scene.create(Manifests.matcher("Auto", GPUS));
            awaitReady(sandbox);
            sandbox.kubelet().loseNode(sandbox.nodeName("b"));
            scene.rtm().awaitCondition("PodsHealthy", "False", "NodeLost");

            assertThat(scene.rtm().condition("PodsHealthy").orElseThrow().message())
                    .contains("ecode pod decode-", sandbox.nodeName("b"), "not ready since 2");
            assertThat(awaitEvent(sandbox, "NodeLost").getNote()).contains(sandbox.nodeName("b"));
        }
    }

    private static String on(Sandbox sandbox, String node, String deployment) {
        return deployment.replace(
                "    spec:\n",
                "    spec:\n      nodeSelector: {kubernetes.io/hostname: %s}\n"
                        .formatted(sandbox.nodeName(node)));
    }

    @Test
    void an_event_that_has_expired_is_written_anew(Sandbox sandbox) {
        try (var scene = new Scene(sandbox);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            scene.create(
                    Manifests.matcher("Recommend", GPUS)
                            .replace("{name: prefill}", "{name: nobody}"));
            var first = awaitEvent(sandbox, "TargetUnreadable");
            assertThat(first.getType()).isEqualTo("Warning");
            assertThat(get(sandbox)).contains("False", "TargetUnreadable");
            sandbox.client().resource(first).delete();
            scene.rtm().patch("llama", "/spec/prefill/scaleTargetRef/name", "nowhere");
            Await.until(SOON, "the other refusal", () -> noted(sandbox, "Deployment/nowhere"));
            scene.rtm().patch("llama", "/spec/prefill/scaleTargetRef/name", "nobody");
            Await.until(SOON, "the first anew", () -> noted(sandbox, "Deployment/nobody"));
        }
    }

    private static boolean noted(Sandbox sandbox, String what) {
        return events(sandbox, "TargetUnreadable").stream()
                .anyMatch(event -> event.getNote().contains(what));
    }
}
