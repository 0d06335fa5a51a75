package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.k8s.api.WorkersSpec;
import dev.ratematch.k8s.fleet.KubernetesFleet;
import dev.ratematch.k8s.fleet.PodLoad;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.WorkersFleet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Counts of roles that share one target, and what a command of them writes.
class WorkersFleetTest {

    private static final WorkersSpec SPEC =
            Objects.requireNonNull(WorkersRig.matcher("Auto").getSpec().workers());

    private final FakeCluster cluster = new FakeCluster();
    private final KubernetesFleet targets =
            new KubernetesFleet(
                    cluster,
                    cluster,
                    "llm",
                    pool ->
                            pool.replicas().stream()
                                    .collect(
                                            Collectors.toMap(
                                                    r -> r.name(), _ -> new PodLoad(0, 0))));
    private final WorkersFleet fleet = new WorkersFleet(targets, cluster);
    private Instant now = Instant.parse("2026-11-01T00:00:00Z");

    /// Looks again, a while later.
    private void look() {
        now = now.plusSeconds(5);
        var target = cluster.read("llm", SPEC.role(Role.PREFILL));
        var split = WorkersFleet.split(SPEC, target, cluster.pods("llm", "app=workers"));
        for (var role : Role.values()) {
            targets.look(
                    role,
                    SPEC.role(role),
                    target,
                    new Routing.RoleLabel("llm-d.ai/role", null),
                    Duration.ofSeconds(30),
                    split.getOrDefault(role, List.of()),
                    now);
        }
        fleet.looked(Map.of(), WorkersFleet.fresh(SPEC, target));
    }

    private void command(int prefill, int decode) {
        fleet.scale(Role.PREFILL, prefill);
        fleet.scale(Role.DECODE, decode);
        fleet.resize();
    }

    private String ratio() {
        return fleet.desired().ratio();
    }

    @Test
    void instancesAreCountedByTheirLabel() {
        cluster.workers("workers", 4, 2);
        look();

        assertThat(fleet.counts(Role.PREFILL).ready()).isEqualTo(4);
        assertThat(fleet.counts(Role.DECODE).ready()).isEqualTo(2);
        assertThat(ratio()).isEqualTo("4P2D");
    }

    @Test
    void anotherSplitOfTheSameTotalWritesNothingAndIsRemembered() {
        cluster.workers("workers", 4, 2);
        look();
        command(3, 3);
        look();

        assertThat(cluster.touched()).isEmpty();
        assertThat(ratio()).isEqualTo("3P3D");
        assertThat(fleet.commanded()).isEqualTo(new Sizes(3, 3));
    }

    @Test
    void aLargerTotalIsOneWriteAndNewInstancesStartWhereOneIsMissing() {
        cluster.workers("workers", 4, 2);
        look();
        command(5, 3);
        assertThat(cluster.touched()).containsExactly("scale workers 6 -> 8");
        cluster.pending("workers-6", "decode");
        cluster.pending("workers-7", "decode");
        look();

        assertThat(ratio()).isEqualTo("5P3D");
        assertThat(fleet.counts(Role.PREFILL).pending()).isOne();
        assertThat(fleet.counts(Role.DECODE).pending()).isOne();
    }

    @Test
    void aSmallerTotalDrainsInstancesOfTheRoleThatHasTooMany() {
        cluster.workers("workers", 4, 2);
        look();
        command(2, 2);

        assertThat(cluster.touched())
                .hasSize(2)
                .allMatch(w -> w.startsWith("drain workers-"))
                .noneMatch(w -> w.endsWith("-4") || w.endsWith("-5"));
        assertThat(ratio()).isEqualTo("2P2D");
        assertThat(fleet.counts(Role.PREFILL).draining()).isEqualTo(2);
        cluster.shrink("workers", 4);
        look();
        assertThat(ratio()).isEqualTo("2P2D");
    }

    @Test
    void aCountThatSomebodyElseSetIsSplitAsItIsSeen() {
        cluster.workers("workers", 4, 2);
        look();
        command(3, 3);
        cluster.scaleByHand("workers", 7);
        look();

        assertThat(ratio()).isEqualTo("4P3D");
        assertThat(fleet.commanded()).isNull();
    }

    @Test
    void aSplitOfAnEarlierProcessStandsWhileTheTotalDoes() {
        cluster.workers("workers", 4, 2);
        fleet.remembering(new Sizes(2, 4));
        look();
        assertThat(ratio()).isEqualTo("2P4D");
        fleet.remembering(new Sizes(2, 5));
        assertThat(ratio()).isEqualTo("4P2D");
    }
}
