package dev.ratematch.harness.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Scraper;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is read of real serving stacks while they serve, beside what their client saw: scraped
/// idle, in the middle of the load and when the last request has ended.
@Tag("engines")
class RealEnginesTest {

    private static final double PERCENTILE = 95;
    private static final double WINDOW_SECONDS = 120;
    private static final double PER_SECOND = 4;
    private static final double HALF_SECONDS = 20;
    private static final int PREFILL = 2;
    private static final int DECODE = 3;
    private static final double PATIENCE_SECONDS = 60;
    private static final long ROUND_NANOS = 50_000_000;
    private static final Pattern SERVED =
            Pattern.compile("(?m)^dynamo_component_requests_total\\{[^}]*\"generate\"[^}]*} [1-9]");

    private final Vertx vertx = Vertx.vertx();
    private final Scraper scraper = new Scraper(vertx, Duration.ofSeconds(5));
    private final long began = System.nanoTime();

    private static final Fleet STEADY =
            new Fleet() {
                @Override
                public FleetCounts counts(Role role) {
                    return FleetCounts.steady(role == Role.PREFILL ? PREFILL : DECODE);
                }

                @Override
                public void scale(Role role, int replicas) {
                    throw new UnsupportedOperationException("Nobody scales here.");
                }
            };

    @AfterEach
    void stop() {
        scraper.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    private void await(String what, BooleanSupplier done) {
        double until = seconds() + PATIENCE_SECONDS;
        while (!done.getAsBoolean()) {
            assertThat(seconds()).as("waiting: %s", what).isLessThan(until);
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    private LoadClient client(DynamoFleet fleet) {
        return new LoadClient(fleet.url(), TinyModel.NAME, this::seconds);
    }

    /// Requests until each worker has had one: the frontend has found them all.
    private void warmUp(DynamoFleet fleet) {
        var workers = fleet.targets().stream().filter(t -> t.source() != Source.FRONTEND).toList();
        try (var client = client(fleet)) {
            await(
                    "all workers serve\n" + fleet.logs(),
                    () -> {
                        assertThat(fleet.alive()).as(fleet.logs()).isTrue();
                        int before = client.sent();
                        client.send(List.of(new Call(0, 32, 3)), before);
                        await("an answer", () -> client.seen().size() > before);
                        return scraper.fetch(workers).stream()
                                .allMatch(answer -> SERVED.matcher(answer.body()).find());
                    });
        }
    }

    @Test
    void readsOfDynamoWhatItsClientSaw(@TempDir Path folder) throws Exception {
        var python = Installed.of("NVIDIA Dynamo", "dynamo").python();
        if (python.isEmpty()) {
            return;
        }
        try (var fleet = DynamoFleet.start(python.get(), folder, PREFILL, DECODE);
                var client = client(fleet)) {
            warmUp(fleet);
            var telemetry =
                    new EngineTelemetry(
                            scraper, fleet::targets, STEADY, PERCENTILE, WINDOW_SECONDS);
            telemetry.observe(seconds());
            client.send(Call.poisson(PER_SECOND, HALF_SECONDS, 1), 1);
            int sentBefore = client.sent();
            var middle = telemetry.observe(seconds());
            client.send(Call.poisson(PER_SECOND, HALF_SECONDS, 2), 2);
            await("the last answer", () -> client.seen().size() == client.sent());
            double ended = seconds();
            await("the last counters", () -> seconds() > ended + 1);
            var last = telemetry.observe(seconds());

            // What is on its way counts: the client has sent it and nobody has ended it.
            assertThat(middle.traffic().arrived().orElse(-1))
                    .as("arrived by the middle, %d sent", sentBefore)
                    .isBetween(sentBefore - 2.0, (double) sentBefore);
            compare(last, Truth.of(client.seen(), PERCENTILE));
        }
    }

    private static void compare(Snapshot read, Truth truth) {
        var traffic = read.traffic();
        var table = new Comparison("Dynamo 1.5.1");
        table.count("arrived", truth.arrived(), traffic.arrived());
        table.count("prefill's count of them", truth.arrived(), traffic.flow().prefill());
        table.count("decode's count of them", truth.arrived(), traffic.flow().decode());
        table.count("completed", truth.completed(), traffic.completed());
        table.mean("ISL mean", truth.inputTokensMean(), traffic.inputTokensMean(), "");
        table.mean("OSL mean", truth.outputTokensMean(), traffic.outputTokensMean(), "");
        table.meanMillis("TTFT mean", truth.ttftMeanSeconds(), traffic.ttftMeanSeconds());
        table.quantile(
                "TTFT p95",
                truth.ttftQuantileSeconds(),
                traffic.ttftQuantileSeconds(),
                traffic.resolution().ttft());
        table.meanMillis("ITL mean", truth.itlMeanSeconds(), traffic.itlMeanSeconds());
        table.quantile(
                "ITL p95",
                truth.itlQuantileSeconds(),
                traffic.itlQuantileSeconds(),
                traffic.resolution().itl());
        table.count(
                "KV tokens of a decode worker",
                DynamoFleet.KV_BLOCKS * DynamoFleet.BLOCK_TOKENS,
                read.decode().kvCapacityTokens());
        table.table().forEach(System.out::println);
        assertThat(traffic.flow().notes()).isEmpty();
        assertThat(read.warnings()).isEmpty();
        table.check();
    }
}
