package dev.ratematch.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.cli.dashboards.Promtool;
import dev.ratematch.cli.dashboards.Shipped;
import dev.ratematch.cli.dashboards.Shipped.Expression;
import dev.ratematch.harness.prometheus.RealPrometheus;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every expression of the dashboards and rules against a real Prometheus that scrapes, every
/// second, two controllers of simulated clusters: one that acts, and `recommend` beside a service
/// that needs a change and gets none.
@Tag("prometheus")
class LiveDashboardsTest {

    private static final int PATIENCE_ROUNDS = 35;
    private static final long ROUND_NANOS = 1_000_000_000;
    private static final int CYCLES = 45;

    private final Vertx vertx = Vertx.vertx();
    private final WebClient client = WebClient.create(vertx);

    @AfterEach
    void stop() {
        Town.await(vertx.close());
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String scraping(int... ports) {
        var yaml = new StringBuilder();
        for (int port : ports) {
            yaml.append(
                    """
                      - job_name: "ratematch-%d"
                        honor_labels: true
                        static_configs:
                          - targets: ["127.0.0.1:%d"]
                    """
                            .formatted(port, port));
        }
        return yaml.toString();
    }

    /// The number of series that a question finds now; negative where it is refused.
    private int found(RealPrometheus prometheus, String query) throws IOException {
        var response =
                Town.await(
                        client.postAbs(prometheus.url() + "/api/v1/query")
                                .sendForm(MultiMap.caseInsensitiveMultiMap().set("query", query)));
        var node = new ObjectMapper().readTree(response.bodyAsString());
        return node.path("status").asText().equals("success") ? node.at("/data/result").size() : -1;
    }

    /// All that is asked: the fleet's panels of everybody, the service's of the one that acts.
    private static List<Expression> everything() {
        var all = new ArrayList<Expression>();
        for (var each : Shipped.panelExpressions()) {
            boolean fleet = each.where().startsWith("fleet");
            all.add(
                    new Expression(
                            each.where(),
                            each.text()
                                    .replace("$namespace", fleet ? ".*" : Acting.NAMESPACE)
                                    .replace("$ratematcher", Acting.NAME)));
        }
        for (var alert : Shipped.alertExpressions()) {
            for (String selector : Shipped.selectors(alert.text())) {
                all.add(new Expression(alert.where(), selector));
            }
        }
        all.addAll(Shipped.annotationExpressions(Acting.NAMESPACE, Acting.NAME));
        return all;
    }

    /// Those that have not found anything yet. A move begins and ends and a recommendation comes
    /// once it is sure, so they are looked for again and again.
    private List<Expression> unanswered(RealPrometheus prometheus, List<Expression> asked)
            throws IOException {
        var left = new ArrayList<Expression>();
        for (var each : asked) {
            int found = found(prometheus, each.text());
            assertThat(found).as("%s", each).isGreaterThanOrEqualTo(0);
            if (found == 0) {
                left.add(each);
            }
        }
        return left;
    }

    @Test
    void everyExpressionFindsData(@TempDir Path folder) throws Exception {
        int port = free();
        try (var town = new Town(2, 1);
                var acting = new Acting(vertx);
                var prometheus =
                        RealPrometheus.start(
                                Files.createDirectory(folder.resolve("p")),
                                scraping(acting.port(), port))) {
            var args = new ArrayList<>(town.direct());
            args.addAll(Town.SERVICE);
            args.remove("--itl=30ms");
            args.addAll(List.of("--itl=12ms", "--watch", "--interval=1s"));
            args.addAll(List.of("--metrics-port=" + port, "--cycles=" + CYCLES));
            var running = CompletableFuture.supplyAsync(() -> Ran.recommend(args));

            var open = everything();
            open.add(
                    new Expression(
                            "recommend asks for a change",
                            "ratematch_change_recommended{namespace=\"\"} == 1"));
            int all = open.size();
            for (int round = 0; !open.isEmpty() && round < PATIENCE_ROUNDS; round++) {
                acting.cycle();
                LockSupport.parkNanos(ROUND_NANOS);
                open = new ArrayList<>(unanswered(prometheus, open));
            }
            System.out.printf("%d expressions, at %.0f s%n", all, acting.atSeconds());
            assertThat(open).as("without data, of %d", all).isEmpty();
            for (var alert : Shipped.alertExpressions()) {
                assertThat(found(prometheus, alert.text())).isGreaterThanOrEqualTo(0);
            }
            assertThat(found(prometheus, "count by (ratematcher) (ratematch_telemetry_fresh)"))
                    .isEqualTo(2);

            assertThat(Promtool.complaints(page(port))).isEmpty();
            assertThat(Promtool.complaints(page(acting.port()))).isEmpty();
            running.get(CYCLES * 2L, TimeUnit.SECONDS);
        }
    }

    /// Our own part of what is served; the rest has names that others gave.
    private String page(int port) {
        String url = "http://127.0.0.1:%d/metrics".formatted(port);
        var page = new StringBuilder();
        String.valueOf(Town.await(client.getAbs(url).send()).bodyAsString())
                .lines()
                .filter(line -> line.replaceFirst("^# [A-Z]+ ", "").startsWith("ratematch_"))
                .forEach(line -> page.append(line).append('\n'));
        return page.toString();
    }
}
