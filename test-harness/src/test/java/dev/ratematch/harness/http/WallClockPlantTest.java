package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.scrape.Scraper;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.judge.InProcess;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.ext.web.client.WebClient;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoublePredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WallClockPlantTest {

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        PlantServer.await(vertx.close());
    }

    private static WallClockPlant plant(Dialect dialect, Ports ports) {
        var cluster = new ExposedCluster(Shows.plant(), Shows.trace(), dialect);
        cluster.cluster().scale(Role.PREFILL, 2);
        cluster.cluster().scale(Role.DECODE, 3);
        return new WallClockPlant(cluster, ports);
    }

    private static long nowNanos(WallClockPlant plant) {
        return plant.look(exposed -> exposed.cluster().nowNanos());
    }

    private static void await(WallClockPlant plant, DoublePredicate atSeconds) {
        while (!atSeconds.test(plant.atSeconds())) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void aSecondThereIsASecondHereAndAHeldMomentStands() {
        try (var plant = plant(Dialect.DEFAULT, Ports.FREE)) {
            assertThat(nowNanos(plant)).isZero();
            long began = System.nanoTime();
            plant.go();
            await(plant, at -> at > 1);
            plant.hold();
            double wall = (System.nanoTime() - began) / 1e9;
            long held = nowNanos(plant);

            assertThat(held / 1e9).isBetween(1.0, wall);
            int offered = plant.look(c -> c.cluster().offered());
            assertThat(offered).isPositive();
            for (int frame = 0; frame < 3; frame++) {
                assertThat(nowNanos(plant)).isEqualTo(held);
                LockSupport.parkNanos(50_000_000);
            }
            assertThat(nowNanos(plant)).isEqualTo(held);
            plant.go();
            await(plant, at -> at > held / 1e9);
            assertThat(nowNanos(plant)).isGreaterThan(held);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.Engine.class)
    void itsPagesAreReadOverHttpAsInProcess(Dialect.Engine engine) {
        try (var plant = plant(Dialect.of(engine), Ports.FREE);
                var scraper = new Scraper(vertx, Duration.ofSeconds(20))) {
            var http = new EngineTelemetry(scraper, plant::targets, plant.fleet(), 95, 10);
            var inside =
                    plant.look(
                            c -> {
                                var host = new InProcess(c);
                                return new EngineTelemetry(host, host::targets, host, 95, 10);
                            });
            http.observe(0);
            plant.look(_ -> inside.observe(0));
            plant.go();
            await(plant, at -> at > 1.5);
            plant.hold();

            var seen = http.observe(2);
            assertThat(seen).isEqualTo(plant.look(_ -> inside.observe(2)));
            assertThat(seen.traffic().arrived()).isInstanceOf(Reading.Value.class);
            assertThat(http.detected().values())
                    .extracting(Detection::reason)
                    .isNotEmpty()
                    .allMatch(reason -> !reason.isEmpty());
        }
    }

    @Test
    void tellsPrometheusItsTargetsAndFollowsScaling() {
        try (var plant = plant(Dialect.of(Dialect.Engine.TRTLLM), Ports.FREE)) {
            var browser = WebClient.create(vertx);
            var answer = PlantServer.await(browser.getAbs(plant.apiUrl() + "/sd").send());
            var groups = new JsonArray(String.valueOf(answer.bodyAsString()));

            assertThat(groups).hasSize(6);
            assertThat(groups.getJsonObject(0).getJsonObject("labels").getMap())
                    .containsEntry("pod", "prefill-0")
                    .containsEntry("role", "prefill")
                    .containsEntry("__metrics_path__", "/prometheus/metrics");
            assertThat(groups.getJsonObject(5).getJsonObject("labels").getMap())
                    .containsEntry("role", "frontend")
                    .containsEntry("__metrics_path__", "/metrics");
            assertThat(plant.scrapeConfig("sim")).contains(plant.apiUrl() + "/sd");

            plant.fleet().scale(Role.DECODE, 4);
            assertThat(plant.fleet().counts(Role.DECODE).desired()).isEqualTo(4);
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        try (var plant = plant(Dialect.DEFAULT, Ports.FREE)) {
            int taken = URI.create(plant.apiUrl()).getPort();
            assertThatThrownBy(() -> plant(Dialect.DEFAULT, new Ports("127.0.0.1", taken)))
                    .hasMessageContaining("port %d of 127.0.0.1 cannot be opened".formatted(taken));
        }
    }
}
