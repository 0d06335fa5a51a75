package dev.ratematch.k8s.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Outstanding;
import dev.ratematch.controller.move.Stage;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.publish.RecommendationMetrics;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.publish.Recommended;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.ExternalMetrics;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The real HPAs of `deploy/examples/hpa.yaml` follow `ratematch_desired_replicas` through the real
/// aggregator.
@KubeTest
class FollowingHpaTest {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String PREFILL = "chat-prefill";
    private static final String DECODE = "chat-decode";

    /// Eight GPUs, one a replica; the nodes have more, so that only order keeps the budget.
    private static final ServiceSpec SPEC =
            new ServiceSpec(
                    new Slo(2, 0.03, 95),
                    8,
                    new PoolSpec(1, 1, 32, 60, 10, 8192, 256, 1.8e6),
                    new PoolSpec(1, 1, 32, 60, 60, 8192, 256, 1.8e6),
                    new KvLink(50e9, KvLink.Mode.PULL, 0.002),
                    163_840,
                    80,
                    Tuning.DEFAULT);

    private final Recommendations store = new Recommendations();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final RecommendationMetrics metrics =
            RecommendationMetrics.bind(store, registry, Instant::now);

    @AfterEach
    void unbind() {
        metrics.close();
    }

    /// Publishes counts and lets the metrics API serve what the registry shows, as a scraping
    /// adapter does.
    private void publish(Sandbox sandbox, ExternalMetrics served, int prefill, int decode) {
        store.publish(
                new Recommended(
                        sandbox.namespace(),
                        "chat",
                        prefill,
                        decode,
                        prefill,
                        decode,
                        Instant.now(),
                        true,
                        "rebalance"));
        for (var gauge : registry.find(RecommendationMetrics.DESIRED).gauges()) {
            var labels =
                    gauge.getId().getTags().stream()
                            .collect(Collectors.toMap(Tag::getKey, Tag::getValue));
            served.set(sandbox.namespace(), "ratematch_desired_replicas", labels, gauge.value());
        }
    }

    private static void start(Sandbox sandbox, int prefill, int decode) {
        Examples.deployment(sandbox, PREFILL, prefill);
        Examples.deployment(sandbox, DECODE, decode);
        Await.until(
                LIMIT,
                "all ready",
                () ->
                        sandbox.readyPods("app", PREFILL).size() == prefill
                                && sandbox.readyPods("app", DECODE).size() == decode);
        Examples.create(sandbox, Examples.read("hpa.yaml", sandbox.namespace()));
    }

    private static PoolReading seen(Sandbox sandbox, String name) {
        var u = new Reading.Unknown("not asked");
        var pods = sandbox.pods("app", name);
        int draining =
                (int)
                        pods.stream()
                                .filter(p -> p.getMetadata().getDeletionTimestamp() != null)
                                .count();
        int ready = (int) pods.stream().filter(Sandbox::isReady).count();
        return new PoolReading(
                Reading.of(Examples.replicas(sandbox, name)),
                Reading.of(ready),
                Reading.of(pods.size() - draining - ready),
                Reading.of(0),
                Reading.of(draining),
                Reading.of(0),
                u,
                u,
                u,
                u,
                u,
                u);
    }

    private static Snapshot snapshot(Sandbox sandbox) {
        var u = new Reading.Unknown("not asked");
        var traffic =
                new TrafficReading(
                        u, false, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, List.of());
        return new Snapshot(
                System.nanoTime() / 1e9,
                u,
                seen(sandbox, PREFILL),
                seen(sandbox, DECODE),
                traffic,
                List.of());
    }

    @Test
    void twoOfThemCarryOutARebalanceWithinTheBudget(Sandbox sandbox, ExternalMetrics served) {
        sandbox.node("a", 12);
        sandbox.kubelet().loadTime(Duration.ofSeconds(1)).drain(Duration.ofSeconds(3));
        publish(sandbox, served, 5, 3);
        start(sandbox, 5, 3);
        double begin = System.nanoTime() / 1e9;
        var move = Move.planned(new Sizes(5, 3), new Sizes(3, 5), begin, begin + 600);
        var outstanding = Outstanding.NONE;
        double end = begin + LIMIT.toSeconds();
        while (move.phase() != Move.Phase.DONE && System.nanoTime() / 1e9 < end) {
            var snapshot = snapshot(sandbox);
            var stage = Stage.advance(move, SPEC, snapshot);
            var admitted = outstanding.admit(SPEC, snapshot, stage.sizes());
            publish(sandbox, served, admitted.sizes().prefill(), admitted.sizes().decode());
            move = stage.move();
            outstanding = admitted.next();
            assertThat(seen(sandbox, DECODE).desired().orElse(0)).isGreaterThanOrEqualTo(3);
        }
        assertThat(move.phase()).isEqualTo(Move.Phase.DONE);
        assertThat(sandbox.readyPods("app", PREFILL)).hasSize(3);
        assertThat(sandbox.readyPods("app", DECODE)).hasSize(5);
        assertThat(sandbox.gpus().history()).contains(6);
        assertThat(sandbox.gpus().max()).isEqualTo(8);
        assertThat(sandbox.kubelet().cutOff()).isEmpty();
    }

    @Test
    void aStepWithinTheUsualToleranceIsFollowed(Sandbox sandbox, ExternalMetrics served) {
        sandbox.node("a", 24);
        publish(sandbox, served, 11, 1);
        start(sandbox, 11, 1);
        publish(sandbox, served, 12, 1);
        Await.until(LIMIT, "a twelfth", () -> Examples.replicas(sandbox, PREFILL) == 12);
        publish(sandbox, served, 11, 1);
        Await.until(LIMIT, "eleven", () -> Examples.replicas(sandbox, PREFILL) == 11);
    }

    @Test
    void aMetricThatIsGoneLeavesTheReplicasAlone(Sandbox sandbox, ExternalMetrics served) {
        sandbox.node("a", 8);
        publish(sandbox, served, 3, 2);
        start(sandbox, 1, 1);
        Await.until(
                LIMIT,
                "3P2D",
                () ->
                        Examples.replicas(sandbox, PREFILL) == 3
                                && Examples.replicas(sandbox, DECODE) == 2);
        for (var gauge : registry.find(RecommendationMetrics.DESIRED).gauges()) {
            var labels =
                    gauge.getId().getTags().stream()
                            .collect(Collectors.toMap(Tag::getKey, Tag::getValue));
            served.remove(sandbox.namespace(), "ratematch_desired_replicas", labels);
        }
        Await.until(LIMIT, "the HPA says so", () -> scalingInactive(sandbox));
        assertThat(Examples.replicas(sandbox, PREFILL)).isEqualTo(3);
        assertThat(Examples.replicas(sandbox, DECODE)).isEqualTo(2);
    }

    private static boolean scalingInactive(Sandbox sandbox) {
        return sandbox
                .client()
                .autoscaling()
                .v2()
                .horizontalPodAutoscalers()
                .inNamespace(sandbox.namespace())
                .withName(PREFILL)
                .get()
                .getStatus()
                .getConditions()
                .stream()
                .anyMatch(
                        c ->
                                c.getType().equals("ScalingActive")
                                        && c.getStatus().equals("False")
                                        && c.getReason().equals("FailedGetExternalMetric"));
    }
}
