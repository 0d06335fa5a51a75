package dev.ratematch.k8s.cluster;

import static dev.ratematch.k8s.cluster.Workloads.ready;
import static dev.ratematch.k8s.cluster.Workloads.scale;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The simulated part behaves as a kubelet does.
@KubeTest
class KubeletTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final PatchContext STRATEGIC = PatchContext.of(PatchType.STRATEGIC_MERGE);

    @Test
    void aDeletedPodHoldsItsGpusUntilItHasDrained(Sandbox sandbox) {
        var drained = new CompletableFuture<Boolean>();
        sandbox.node("a", 8).kubelet().drain(_ -> drained);
        Workloads.create(sandbox, Workloads.deployment("decode", 1, 8));
        Await.until(LIMIT, "the pod is ready", () -> ready(sandbox, "decode") == 1);

        scale(sandbox, "decode", 0);
        Workloads.create(sandbox, Workloads.deployment("prefill", 1, 8));

        Await.until(
                LIMIT,
                "the pod of the other pool waits",
                () ->
                        sandbox.pods("app", "prefill").stream()
                                .flatMap(p -> p.getStatus().getConditions().stream())
                                .anyMatch(c -> "Unschedulable".equals(c.getReason())));
        assertThat(sandbox.pods("app", "decode"))
                .singleElement()
                .satisfies(p -> assertThat(p.getMetadata().getDeletionTimestamp()).isNotNull());
        assertThat(sandbox.gpus().now()).isEqualTo(8);

        drained.complete(true);
        Await.until(LIMIT, "the other pool has the GPUs", () -> ready(sandbox, "prefill") == 1);
        assertThat(sandbox.gpus().max()).isEqualTo(8);
        assertThat(sandbox.kubelet().cutOff()).isEmpty();
    }

    @Test
    void aPodThatDrainsForTooLongIsCutOff(Sandbox sandbox) {
        sandbox.node("a", 8).kubelet().drain(_ -> new CompletableFuture<>());
        Workloads.create(
                sandbox,
                Workloads.deployment("decode", 1, 1)
                        .replace(
                                "      containers:",
                                "      terminationGracePeriodSeconds: 1\n      containers:"));
        Await.until(LIMIT, "the pod is ready", () -> ready(sandbox, "decode") == 1);
        String name = sandbox.pods("app", "decode").getFirst().getMetadata().getName();

        scale(sandbox, "decode", 0);

        Await.until(LIMIT, "the pod is gone", () -> sandbox.pods("app", "decode").isEmpty());
        assertThat(sandbox.kubelet().cutOff()).containsExactly(name);
    }

    @Test
    void aPodIsReadyOnlyWhenItsReadinessGateIsOpen(Sandbox sandbox) {
        sandbox.node("a", 8);
        Workloads.create(
                sandbox,
                Workloads.deployment("decode", 1, 1)
                        .replace(
                                "      containers:",
                                "      readinessGates: [{conditionType: ratematch.dev/routed}]\n"
                                        + "      containers:"));
        Await.until(LIMIT, "the pod runs", () -> Workloads.running(sandbox, "decode") == 1);
        var pod = sandbox.pods("app", "decode").getFirst();
        assertThat(Sandbox.isReady(pod)).isFalse();

        gate(sandbox, pod, "True");
        Await.until(LIMIT, "the pod is ready", () -> ready(sandbox, "decode") == 1);

        gate(sandbox, pod, "False");
        Await.until(LIMIT, "the pod is not ready", () -> ready(sandbox, "decode") == 0);
    }

    @Test
    void aFailedPodIsReplacedAndACrashedOneComesBack(Sandbox sandbox) {
        sandbox.node("a", 8);
        Workloads.create(sandbox, Workloads.deployment("decode", 2, 1));
        Await.until(LIMIT, "two pods are ready", () -> ready(sandbox, "decode") == 2);
        var pods = sandbox.readyPods("app", "decode");

        sandbox.kubelet().fail(pods.getFirst());
        sandbox.kubelet().crash(pods.getLast());

        Await.until(
                LIMIT,
                "a new pod, and the other after a restart",
                () -> {
                    var now = sandbox.readyPods("app", "decode");
                    return now.size() == 2
                            && now.stream().anyMatch(p -> restarts(p) == 1)
                            && now.stream().noneMatch(p -> same(p, pods.getFirst()));
                });
    }

    @Test
    void aPodHasTheAddressAndTheLoadTimeThatItsTestGives(Sandbox sandbox) {
        var gone = new CompletableFuture<String>();
        var started = new CompletableFuture<Instant>();
        sandbox.node("a", 8)
                .kubelet()
                .loadTime(Duration.ofSeconds(2))
                .address(
                        _ -> {
                            started.complete(Instant.now());
                            return "127.0.0.9";
                        })
                .ended(pod -> gone.complete(pod.getStatus().getPodIP()));
        Workloads.create(sandbox, Workloads.deployment("decode", 1, 1));
        Await.until(LIMIT, "the pod is ready", () -> ready(sandbox, "decode") == 1);
        assertThat(Instant.now()).isAfterOrEqualTo(started.join().plusSeconds(2));

        scale(sandbox, "decode", 0);

        assertThat(gone.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join())
                .isEqualTo("127.0.0.9");
    }

    @Test
    void aPodThatNeverStartsIsBoundAndNotRunning(Sandbox sandbox) {
        sandbox.node("a", 8).kubelet().starts(_ -> false);
        Workloads.create(sandbox, Workloads.deployment("decode", 1, 2));

        Await.until(
                LIMIT,
                "the container is being created",
                () ->
                        sandbox.pods("app", "decode").stream()
                                .flatMap(p -> p.getStatus().getContainerStatuses().stream())
                                .anyMatch(
                                        c ->
                                                c.getState().getWaiting() != null
                                                        && c.getState()
                                                                .getWaiting()
                                                                .getReason()
                                                                .equals("ContainerCreating")));
        assertThat(Workloads.running(sandbox, "decode")).isZero();
        assertThat(sandbox.gpus().now()).isEqualTo(2);

        sandbox.kubelet().starts(_ -> true);
        Await.until(LIMIT, "the pod is ready", () -> ready(sandbox, "decode") == 1);
    }

    @Test
    void podsOfALostNodeAreNotReadyAndNewOnesGoElsewhere(Sandbox sandbox) {
        sandbox.node("a", 2);
        Workloads.create(sandbox, Workloads.deployment("decode", 2, 1));
        Await.until(LIMIT, "two pods are ready", () -> ready(sandbox, "decode") == 2);

        sandbox.kubelet().loseNode(sandbox.nodeName("a"));
        Await.until(LIMIT, "none is ready", () -> ready(sandbox, "decode") == 0);

        sandbox.node("b", 2);
        scale(sandbox, "decode", 3);
        Await.until(LIMIT, "the new pod is ready", () -> ready(sandbox, "decode") == 1);
    }

    private static void gate(Sandbox sandbox, Pod pod, String status) {
        var _ =
                Workloads.pod(sandbox, pod)
                        .subresource("status")
                        .patch(
                                STRATEGIC,
                                "{\"status\":{\"conditions\":[{\"type\":\"ratematch.dev/routed\",\"status\":\"%s\"}]}}"
                                        .formatted(status));
    }

    private static int restarts(Pod pod) {
        return pod.getStatus().getContainerStatuses().getFirst().getRestartCount();
    }

    private static boolean same(Pod a, Pod b) {
        return a.getMetadata().getUid().equals(b.getMetadata().getUid());
    }
}
