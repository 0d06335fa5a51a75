package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.fleet.Replica;
import dev.ratematch.k8s.operator.NodeHealth.State;
import dev.ratematch.k8s.operator.Trouble.Kind;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which pod does not serve, where, why and since when.
class TroublesTest {

    private static final Instant NOW = Instant.parse("2026-11-01T00:10:00Z");
    private static final NodeHealth WELL = new NodeHealth(State.READY, null);
    private final List<String> asked = new ArrayList<>();
    private final Set<String> silent = new HashSet<>();

    private List<Trouble> of(NodeHealth health, Duration patience, String... pods) {
        var replicas =
                Replica.of(
                        List.of(pods).stream()
                                .map(yaml -> Serialization.unmarshal(yaml, Pod.class))
                                .toList());
        return new Troubles(
                        node -> {
                            asked.add(node);
                            return health;
                        },
                        silent::contains,
                        patience,
                        NOW)
                .of(Role.DECODE, replicas);
    }

    private static String pod(String name, String node, String status) {
        return """
        metadata: {name: %s, creationTimestamp: "2026-11-01T00:08:00Z"}
        spec: {%s}
        status: %s
        """
                .formatted(name, node.isEmpty() ? "" : "nodeName: " + node, status);
    }

    private static String waiting(String reason) {
        return "{conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: engine,"
                + " image: 'vllm:1', state: {waiting: {reason: "
                + reason
                + "}}}]}";
    }

    @Test
    void aPodThatServesIsNoneAndItsNodeIsNotAskedFor() {
        assertThat(
                        of(
                                WELL,
                                Duration.ZERO,
                                pod("d", "a", "{conditions: [{type: Ready, status: 'True'}]}")))
                .isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void aPodThatSaysItServesAndDoesNotAnswerMayBeOnANodeThatIsGone() {
        String ready = pod("d", "a", "{conditions: [{type: Ready, status: 'True'}]}");
        silent.add("d");

        assertThat(of(new NodeHealth(State.GONE, null), Duration.ZERO, ready))
                .singleElement()
                .returns(Kind.NODE_LOST, Trouble::kind)
                .returns("decode pod d on node a: the node is gone", Trouble::text);
        assertThat(of(WELL, Duration.ZERO, ready)).isEmpty();
        assertThat(of(NodeHealth.UNKNOWN, Duration.ZERO, ready)).isEmpty();
    }

    @Test
    void aPodThatIsBeingCreatedIsNamedAtOnceAndStuckAfterItsLeadTime() {
        String creating = pod("d", "a", waiting("ContainerCreating"));
        var early = of(WELL, Duration.ofMinutes(5), creating);
        assertThat(early).singleElement().returns(Kind.STARTING, Trouble::kind);
        assertThat(early.getFirst().grave()).isFalse();

        assertThat(of(WELL, Duration.ofMinutes(1), creating))
                .singleElement()
                .returns(Kind.POD_STUCK, Trouble::kind)
                .returns(
                        "decode pod d on node a: ContainerCreating since 2026-11-01T00:08:00Z",
                        Trouble::text);
    }

    @Test
    void anImageThatDoesNotComeIsSaidInTheSameWordsWhileItIsTriedAgain() {
        var one = of(WELL, Duration.ofHours(1), pod("d", "a", waiting("ErrImagePull")));
        var other = of(WELL, Duration.ofHours(1), pod("d", "a", waiting("ImagePullBackOff")));

        assertThat(one).isEqualTo(other);
        assertThat(one)
                .singleElement()
                .returns(Kind.IMAGE_NOT_PULLED, Trouble::kind)
                .returns(
                        "decode pod d on node a: image vllm:1 cannot be pulled since"
                                + " 2026-11-01T00:08:00Z",
                        Trouble::text);
    }

    @Test
    void aPodThatFindsNoNodeSaysWhatTheSchedulerSays() {
        var found =
                of(
                        WELL,
                        Duration.ofHours(1),
                        pod(
                                "d",
                                "",
                                "{conditions: [{type: PodScheduled, status: 'False', reason:"
                                        + " Unschedulable, message: '0/2 nodes: 2 Insufficient gpu',"
                                        + " lastTransitionTime: '2026-11-01T00:08:01Z'}]}"));

        assertThat(found)
                .singleElement()
                .returns(Kind.UNSCHEDULABLE, Trouble::kind)
                .returns(
                        "decode pod d: no node has room (0/2 nodes: 2 Insufficient gpu) since"
                                + " 2026-11-01T00:08:01Z",
                        Trouble::text);
        assertThat(asked).isEmpty();
    }

    @Test
    void aContainerThatEndsAgainAndAgainIsSaidWithItsExit() {
        var found =
                of(
                        WELL,
                        Duration.ofHours(1),
                        pod(
                                "d",
                                "a",
                                "{conditions: [{type: Ready, status: 'False'}],"
                                        + " containerStatuses: [{name: engine, ready: false, lastState:"
                                        + " {terminated: {reason: OOMKilled, exitCode: 137, finishedAt:"
                                        + " '2026-11-01T00:09:00Z'}}, state: {running: {}}}]}"));

        assertThat(found)
                .singleElement()
                .returns(Kind.CONTAINER_FAILED, Trouble::kind)
                .returns(
                        "decode pod d on node a: container engine ended with OOMKilled (exit code"
                                + " 137) and is being restarted since 2026-11-01T00:09:00Z",
                        Trouble::text);
    }

    @Test
    void aNodeThatIsLostComesFirstAndIsAskedForOnce() {
        var lost = new NodeHealth(State.NOT_READY, "2026-11-01T00:09:30Z");
        String terminating =
                pod("d-0", "a", "{conditions: [{type: Ready, status: 'False'}]}")
                        .replace(
                                "name: d-0",
                                "name: d-0, deletionTimestamp: '2026-11-01T00:09:40Z'");
        var found =
                of(
                        lost,
                        Duration.ofHours(1),
                        terminating,
                        pod("d-1", "a", waiting("ImagePullBackOff")));

        assertThat(found).extracting(Trouble::kind).containsOnly(Kind.NODE_LOST);
        assertThat(found.getFirst().text())
                .isEqualTo(
                        "decode pod d-0 on node a: the node is not ready since"
                                + " 2026-11-01T00:09:30Z");
        assertThat(asked).containsExactly("a");
        assertThat(of(NodeHealth.of(null), Duration.ZERO, pod("d", "b", waiting("x"))))
                .singleElement()
                .satisfies(gone -> assertThat(gone.text()).contains("on node b: the node is gone"));
    }

    @Test
    void whereNodesCannotBeReadThePodTells() {
        String marked =
                "{conditions: [{type: Ready, status: 'False', reason: NodeStatusUnknown,"
                        + " lastTransitionTime: '2026-11-01T00:09:00Z'}]}";
        assertThat(of(NodeHealth.UNKNOWN, Duration.ofHours(1), pod("d", "a", marked)))
                .singleElement()
                .returns(Kind.NODE_LOST, Trouble::kind);
    }

    @Test
    void aNodeSaysItselfHowItIs() {
        var node =
                Serialization.unmarshal(
                        "status: {conditions: [{type: Ready, status: Unknown, lastTransitionTime:"
                                + " '2026-11-01T00:09:00Z'}]}",
                        Node.class);
        assertThat(NodeHealth.of(node))
                .isEqualTo(new NodeHealth(State.NOT_READY, "2026-11-01T00:09:00Z"));
        assertThat(NodeHealth.of(new Node())).isEqualTo(NodeHealth.UNKNOWN);
    }

    @Test
    void manyAreCountedAndTheFirstThreeNamed() {
        var all =
                of(
                        WELL,
                        Duration.ZERO,
                        pod("d-0", "a", waiting("ContainerCreating")),
                        pod("d-1", "a", waiting("ContainerCreating")),
                        pod("d-2", "a", waiting("ContainerCreating")),
                        pod("d-3", "a", waiting("ImagePullBackOff")));
        var condition = PodsCondition.of(all, new Standing(1L, null));

        assertThat(condition.reason()).isEqualTo("ImageNotPulled");
        assertThat(condition.message())
                .startsWith("Decode pod d-3 on node a: image")
                .contains("d-0", "d-1", "; and 1 more.")
                .doesNotContain("d-2");
    }
}
