package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Sources that take half a minute beside many that answer at once: more of them than the operator
/// has threads.
@KubeTest
class SlowSourceTest {

    private static final int SLOW = 3;
    private static final int FAST = 50;
    private static final int LOOKS = 5;
    private static final int SLOW_SECONDS = 30;

    /// Five looks in turn behind sources that take a quarter of a minute each would take longer.
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void others_keep_their_interval(Sandbox sandbox) throws IOException {
        var slow = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        slow.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        slow.createContext("/", this::late);
        slow.start();
        sandbox.node("a", 2 * (SLOW + FAST));
        try (var scene = new Scene(sandbox)) {
            named("slow-", SLOW).deploy(scene);
            named("fast-", FAST).deploy(scene);
            scene.engines().load(20, 500, 200, 0.01);
            String yaml = Manifests.matcher("Recommend", 8);
            String url = "http://127.0.0.1:" + slow.getAddress().getPort();
            for (int i = 0; i < SLOW; i++) {
                scene.create(
                        Manifests.apart(yaml, "slow-" + i)
                                .replace(
                                        "telemetry: {interval: 1s}",
                                        "telemetry: {interval: 2s, prometheus: {url: \"%s/%d\"}}"
                                                .formatted(url, i)));
            }
            for (int i = 0; i < FAST; i++) {
                scene.create(
                        Manifests.apart(yaml, "fast-" + i).replace("interval: 1s", "interval: 2s"));
            }
            try (var operator = OperatorProgram.start(sandbox, "slow", null)) {
                Await.until(LIMIT, "slow sources are asked", () -> asked.get() >= SLOW);
                var looks = new HashMap<String, Map<String, Instant>>();
                Await.until(
                        LIMIT,
                        "%d looks at each of %d".formatted(LOOKS, FAST),
                        () -> seen(sandbox, looks) >= FAST,
                        () -> looks.size() + ": " + looks);
                assertThat(operator.alive()).isTrue();
                System.out.printf("longest-between-two-looks: %.1f s%n", longest(looks));
            }
        } finally {
            over.countDown();
            slow.stop(0);
        }
    }

    private void late(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        try {
            var _ = over.await(SLOW_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private static Pairs named(String start, int count) {
        return new Pairs(IntStream.range(0, count).mapToObj(i -> start + i).toList());
    }

    /// Notes when each look was seen first. Returns how many have been looked at often enough.
    private static long seen(Sandbox sandbox, Map<String, Map<String, Instant>> looks) {
        List<RateMatcher> all =
                sandbox.client()
                        .resources(RateMatcher.class)
                        .inNamespace(sandbox.namespace())
                        .list()
                        .getItems();
        for (var matcher : all) {
            String name = matcher.getMetadata().getName();
            var status = matcher.getStatus();
            if (name.startsWith("fast-") && status != null && status.observed() != null) {
                looks.computeIfAbsent(name, _ -> new HashMap<>())
                        .putIfAbsent(String.valueOf(status.observed().at()), Instant.now());
            }
        }
        return looks.values().stream().filter(each -> each.size() >= LOOKS).count();
    }

    /// Seconds between two looks at one of them, at most.
    private static double longest(Map<String, Map<String, Instant>> looks) {
        double longest = 0;
        for (var each : looks.values()) {
            var times = each.values().stream().sorted().toList();
            for (int i = 1; i < times.size(); i++) {
                longest =
                        Math.max(
                                longest,
                                Duration.between(times.get(i - 1), times.get(i)).toMillis() / 1e3);
            }
        }
        return longest;
    }
}
