package dev.ratematch.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Groups of pods scale by whole groups, through the real controller.
@KubeTest
class LeaderWorkerSetsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NAME_LABEL = "leaderworkerset.sigs.k8s.io/name";

    private static final String SET =
            """
            apiVersion: leaderworkerset.x-k8s.io/v1
            kind: LeaderWorkerSet
            metadata: {name: decode}
            spec:
              replicas: %d
              leaderWorkerTemplate:
                size: 2
                workerTemplate:
                  spec:
                    containers:
                    - name: engine
                      image: engine
                      resources: {limits: {nvidia.com/gpu: 1}}
            """;

    @Test
    void scaleByGroupsAndLoseTheHighestOrdinals(Sandbox sandbox, LeaderWorkerSets sets) {
        assertThat(sets.program().alive()).isTrue();
        sandbox.node("a", 8);
        var kubectl = sandbox.controlPlane().kubectl(sandbox.controlPlane().admin());
        kubectl.runWithInput(SET.formatted(2), "-n", sandbox.namespace(), "apply", "-f", "-")
                .orThrow();
        awaitPods(sandbox, List.of("decode-0", "decode-0-1", "decode-1", "decode-1-1"));

        scale(kubectl, sandbox, 3);
        awaitPods(
                sandbox,
                List.of(
                        "decode-0",
                        "decode-0-1",
                        "decode-1",
                        "decode-1-1",
                        "decode-2",
                        "decode-2-1"));
        assertThat(sandbox.gpus().now()).isEqualTo(6);

        scale(kubectl, sandbox, 1);
        awaitPods(sandbox, List.of("decode-0", "decode-0-1"));
    }

    @Test
    void theWebhookRefusesNonsense(Sandbox sandbox, LeaderWorkerSets sets) {
        assertThat(sets.program().alive()).isTrue();
        var kubectl = sandbox.controlPlane().kubectl(sandbox.controlPlane().admin());
        var refused =
                kubectl.runWithInput(
                        SET.formatted(-1), "-n", sandbox.namespace(), "apply", "-f", "-");

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.output()).contains("replicas");
    }

    private static void scale(Kubectl kubectl, Sandbox sandbox, int replicas) {
        kubectl.run(
                        "-n",
                        sandbox.namespace(),
                        "scale",
                        "leaderworkerset/decode",
                        "--replicas=" + replicas)
                .orThrow();
    }

    private static void awaitPods(Sandbox sandbox, List<String> names) {
        Await.until(
                LIMIT,
                "the pods are " + names,
                () ->
                        sandbox.readyPods(NAME_LABEL, "decode").stream()
                                        .map(p -> p.getMetadata().getName())
                                        .sorted()
                                        .toList()
                                        .equals(names)
                                && sandbox.pods(NAME_LABEL, "decode").size() == names.size(),
                () ->
                        sandbox.pods(NAME_LABEL, "decode").stream()
                                .map(p -> p.getMetadata().getName())
                                .toList()
                                .toString());
    }
}
