package dev.ratematch.k8s.cluster;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The real HorizontalPodAutoscaler follows an external metric through the real aggregator.
@KubeTest
class AutoscalerTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void followsAnExternalMetricUpAndDown(Sandbox sandbox, ExternalMetrics metrics) {
        sandbox.node("a", 8);
        var role = Map.of("role", "decode");
        metrics.set(sandbox.namespace(), "desired_replicas", role, 3);
        metrics.set(sandbox.namespace(), "desired_replicas", Map.of("role", "prefill"), 7);
        Workloads.create(sandbox, Workloads.deployment("decode", 1, 1));
        Workloads.create(
                sandbox,
                """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: decode}
                spec:
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: decode}
                  minReplicas: 1
                  maxReplicas: 8
                  metrics:
                  - type: External
                    external:
                      metric: {name: desired_replicas, selector: {matchLabels: {role: decode}}}
                      target: {type: AverageValue, averageValue: "1"}
                """);

        Await.until(LIMIT, "three ready", () -> sandbox.readyPods("app", "decode").size() == 3);

        metrics.set(sandbox.namespace(), "desired_replicas", role, 2);
        Await.until(LIMIT, "two left", () -> sandbox.pods("app", "decode").size() == 2);
    }
}
