package dev.ratematch.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The real KEDA scales what its ScaledObject names by a value that it fetches itself.
@KubeExtendedTest
class KedaTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void followsAValueUpAndDown(Sandbox sandbox, Keda keda) throws IOException {
        assertThat(keda.operator().alive()).isTrue();
        sandbox.node("a", 8);
        var desired = new AtomicInteger(4);
        var server = valueServer(desired);
        try {
            Workloads.create(sandbox, Workloads.deployment("decode", 1, 1));
            Workloads.create(sandbox, scaledObject(server.getAddress().getPort()));
            Await.until(LIMIT, "four ready", () -> sandbox.readyPods("app", "decode").size() == 4);

            desired.set(2);
            Await.until(LIMIT, "two left", () -> sandbox.pods("app", "decode").size() == 2);
        } finally {
            server.stop(0);
        }
    }

    private static String scaledObject(int port) {
        return """
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: decode}
        spec:
          scaleTargetRef: {name: decode}
          pollingInterval: 1
          minReplicaCount: 1
          maxReplicaCount: 8
          triggers:
          - type: metrics-api
            metricType: AverageValue
            metadata:
              url: http://127.0.0.1:%d/
              valueLocation: desired
              targetValue: "1"
        """
                .formatted(port);
    }

    private static HttpServer valueServer(AtomicInteger desired) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        byte[] body =
                                "{\"desired\":%d}"
                                        .formatted(desired.get())
                                        .getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
        return server;
    }
}
