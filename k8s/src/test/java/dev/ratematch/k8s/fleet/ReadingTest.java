package dev.ratematch.k8s.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadingTest {

    private static PodSpec spec(String yaml) {
        return Serialization.unmarshal(yaml, PodSpec.class);
    }

    private static Pod pod(String yaml) {
        return Serialization.unmarshal(yaml, Pod.class);
    }

    @Test
    void gpus_are_those_of_all_containers_or_of_the_widest_init_container() {
        var pod =
                spec(
                        """
                        initContainers:
                        - {name: warm, resources: {limits: {nvidia.com/gpu: 8}}}
                        - {name: side, restartPolicy: Always, resources: {limits: {nvidia.com/gpu: 1}}}
                        containers:
                        - {name: a, resources: {limits: {nvidia.com/gpu: 4}}}
                        - {name: b, resources: {requests: {nvidia.com/gpu: 2}}}
                        """);
        assertThat(GpuWidth.of(pod, _ -> null)).isEqualTo(new GpuWidth(8, "pod template"));
    }

    @Test
    void devices_of_resource_claims_count_and_an_uncountable_one_closes_the_way() {
        var pod =
                spec(
                        """
                        resourceClaims: [{name: gpus, resourceClaimTemplateName: four}]
                        containers: [{name: a}]
                        """);
        assertThat(GpuWidth.of(pod, name -> name.equals("four") ? 4 : null).gpus()).isEqualTo(4);
        var unknown = GpuWidth.of(pod, _ -> null);
        assertThat(unknown.known()).isFalse();
        assertThat(unknown.from()).contains("four").contains("gpusPerReplica");
        var forbidden =
                GpuWidth.of(
                        pod,
                        name -> {
                            throw new TargetException(name + " cannot be read: forbidden");
                        });
        assertThat(forbidden)
                .isEqualTo(GpuWidth.unknown("four cannot be read: forbidden; give gpusPerReplica"));
        assertThat(GpuWidth.devices(List.of(Map.of("exactly", Map.of("count", 4))))).isEqualTo(4);
        assertThat(GpuWidth.devices(List.of(Map.of("exactly", Map.of("allocationMode", "All")))))
                .isNull();
        assertThat(GpuWidth.devices(List.of(Map.of("firstAvailable", List.of())))).isNull();
    }

    @Test
    void a_pod_without_gpus_has_no_width() {
        assertThat(GpuWidth.of(spec("containers: [{name: a}]"), _ -> null).known()).isFalse();
    }

    private static PodSpec shutsDown(int grace, String flag) {
        return spec(
                """
                terminationGracePeriodSeconds: %d
                containers:
                - name: engine
                  args: [serve, llama, "%s"]
                  lifecycle: {preStop: {exec: {command: [/bin/sh, -c, sleep 15]}}}
                """
                        .formatted(grace, flag));
    }

    @ParameterizedTest
    @CsvSource({
        "330, '--shutdown-timeout=300', -1, ''",
        "330, '--shutdown-timeout=300', 250, ''",
        "300, '--shutdown-timeout=300', -1, terminationGracePeriodSeconds (300)",
        "330, '--shutdown-timeout=300', 301, OSL x ITL",
        "330, '--port=8000', -1, aborts running requests on SIGTERM",
        "330, '--shutdown-timeout=0', -1, aborts running requests on SIGTERM",
    })
    void pods_that_cannot_finish_their_answers_are_not_removed(
            int grace, String flag, double longest, String said) {
        var refusal =
                Grace.refusal(
                        "decode",
                        shutsDown(grace, flag),
                        null,
                        longest < 0 ? OptionalDouble.empty() : OptionalDouble.of(longest));
        if (said.isEmpty()) {
            assertThat(refusal).isEmpty();
        } else {
            assertThat(refusal).hasValueSatisfying(text -> assertThat(text).contains(said));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "app=llama, true",
        "'app=llama,role=decode', true",
        "'app=llama,role in (prefill, decode)', true",
        "role notin (decode), false",
        "role!=decode, false",
        "role, true",
        "!role, false",
        "app==llama, true",
    })
    void selectors_select(String text, boolean selected) {
        assertThat(Selectors.parse(text).test(Map.of("app", "llama", "role", "decode")))
                .isEqualTo(selected);
    }

    @Test
    void an_empty_selector_would_select_everything_and_is_refused() {
        assertThatThrownBy(() -> Selectors.parse(" "))
                .hasMessageContaining("must name at least one label");
        assertThatThrownBy(() -> Selectors.parse("a b")).hasMessageContaining("a b");
    }

    @Test
    void a_group_is_as_far_as_its_last_pod() {
        String member =
                """
                metadata:
                  name: %s
                  labels:
                    leaderworkerset.sigs.k8s.io/name: decode
                    leaderworkerset.sigs.k8s.io/group-index: "%d"
                    leaderworkerset.sigs.k8s.io/worker-index: "%d"
                spec: {nodeName: n}
                status: {conditions: [{type: Ready, status: "%s"}]}
                """;
        var replicas =
                Replica.of(
                        List.of(
                                pod(member.formatted("decode-1-1", 1, 1, "False")),
                                pod(member.formatted("decode-1", 1, 0, "True")),
                                pod(member.formatted("decode-0", 0, 0, "True")),
                                pod(member.formatted("decode-0-1", 0, 1, "True"))));
        assertThat(replicas).extracting(Replica::name).containsExactly("decode-0", "decode-1");
        assertThat(replicas)
                .extracting(Replica::state)
                .containsExactly(Replica.State.READY, Replica.State.STARTING);
    }

    @Test
    void states_of_single_pods() {
        String bound = "\nspec: {nodeName: n}";
        assertThat(Replica.state(pod("metadata: {name: a}"))).isEqualTo(Replica.State.PENDING);
        assertThat(Replica.state(pod("metadata: {name: a}" + bound)))
                .isEqualTo(Replica.State.STARTING);
        String drained = "metadata: {name: a, annotations: {ratematch.dev/draining-since: x}}";
        assertThat(Replica.state(pod(drained + bound))).isEqualTo(Replica.State.DRAINING);
        assertThat(Replica.state(pod("metadata: {name: a, deletionTimestamp: x}" + bound)))
                .isEqualTo(Replica.State.TERMINATING);
        assertThat(Replica.of(List.of(pod("metadata: {name: a}\nstatus: {phase: Succeeded}"))))
                .isEmpty();
    }
}
