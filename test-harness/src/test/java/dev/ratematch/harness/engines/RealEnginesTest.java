package dev.ratematch.harness.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Scraper;
import dev.ratematch.controller.telemetry.scrape.Target;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
    private static final double PATIENCE_SECONDS = 60;

    /// Three processes of an engine on CPU read their libraries first.
    private static final double START_SECONDS = 240;

    private static final long ROUND_NANOS = 50_000_000;
    private static final Pattern DYNAMO_SERVED =
            Pattern.compile("(?m)^dynamo_component_requests_total\\{[^}]*\"generate\"[^}]*} [1-9]");
    private static final Pattern VLLM_SERVED =
            Pattern.compile("(?m)^vllm:request_success_total\\{[^}]*} [1-9]");
    private static final Pattern MOVED =
            Pattern.compile("(?m)^vllm:nixl_bytes_transferred_sum\\{[^}]*} (\\S+)$");

    private final Vertx vertx = Vertx.vertx();
    private final Scraper scraper = new Scraper(vertx, Duration.ofSeconds(5));
    private final long began = System.nanoTime();

    @AfterEach
    void stop() {
        scraper.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    private void await(String what, double patienceSeconds, BooleanSupplier done) {
        await(() -> what, patienceSeconds, done);
    }

    /// @param what is waited for, or what whoever is waited for has said
    private void await(Supplier<String> what, double patienceSeconds, BooleanSupplier done) {
        double until = seconds() + patienceSeconds;
        while (!done.getAsBoolean()) {
            assertThat(seconds()).as(() -> "waiting: " + what.get()).isLessThan(until);
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    private LoadClient client(ServingFleet fleet) {
        return new LoadClient(fleet.url(), fleet.model(), this::seconds);
    }

    private List<String> pages(ServingFleet fleet) {
        var processes = fleet.processes();
        assertThat(processes.alive()).as(processes.logs()).isTrue();
        return scraper.fetch(fleet.workers()).stream().map(Answer::body).toList();
    }

    /// Requests until each worker has had one: the frontend has found them all.
    private void warmUp(ServingFleet fleet, Pattern served) {
        await(
                fleet.processes()::logs,
                START_SECONDS,
                () -> pages(fleet).stream().noneMatch(String::isEmpty));
        try (var client = client(fleet)) {
            await(
                    "all workers serve",
                    PATIENCE_SECONDS,
                    () -> {
                        int before = client.sent();
                        client.send(List.of(new Call(0, 32, 3)), before);
                        await("an answer", PATIENCE_SECONDS, () -> client.seen().size() > before);
                        return pages(fleet).stream().allMatch(p -> served.matcher(p).find());
                    });
        }
    }

    /// What is read of it, and what its client saw.
    private record Run(Snapshot read, List<Seen> seen) {

        Truth truth() {
            return Truth.of(seen, PERCENTILE);
        }
    }

    /// One load in two halves, Poisson.
    private Run serve(ServingFleet fleet, double perSecond, double halfSeconds) {
        var workers = fleet.workers().stream().map(Target::source).toList();
        var telemetry =
                new EngineTelemetry(
                        scraper, fleet::targets, new Steady(workers), PERCENTILE, WINDOW_SECONDS);
        try (var client = client(fleet)) {
            telemetry.observe(seconds());
            client.send(Call.poisson(perSecond, halfSeconds, 1), 1);
            int sentBefore = client.sent();
            var middle = telemetry.observe(seconds());
            client.send(Call.poisson(perSecond, halfSeconds, 2), 2);
            await("the last answer", PATIENCE_SECONDS, () -> client.seen().size() == client.sent());
            double ended = seconds();
            await("the last counters", PATIENCE_SECONDS, () -> seconds() > ended + 1);
            var last = telemetry.observe(seconds());

            // What is on its way counts: the client has sent it and nobody has ended it.
            assertThat(middle.traffic().arrived().orElse(-1))
                    .as("arrived by the middle, %d sent", sentBefore)
                    .isBetween(sentBefore - 2.0, (double) sentBefore);
            return new Run(last, client.seen());
        }
    }

    @Test
    void readsOfDynamoWhatItsClientSaw(@TempDir Path folder) throws Exception {
        var python = Installed.of("NVIDIA Dynamo", "dynamo").python();
        if (python.isEmpty()) {
            return;
        }
        try (var fleet = DynamoFleet.start(python.get(), folder, 2, 3)) {
            warmUp(fleet, DYNAMO_SERVED);
            var run = serve(fleet, 4, 20);
            var table = new Comparison("Dynamo 1.5.1");
            compare(table, run, true);
            table.count(
                    "KV tokens of a decode worker",
                    DynamoFleet.KV_BLOCKS * DynamoFleet.BLOCK_TOKENS,
                    run.read().decode().kvCapacityTokens());
            table.table().forEach(System.out::println);
            assertThat(run.read().traffic().flow().notes()).isEmpty();
            assertThat(run.read().warnings()).isEmpty();
            table.check();
        }
    }

    @Test
    void readsOfVllmWhatItsClientSaw(@TempDir Path folder) throws Exception {
        var python = Installed.of("vLLM", "vllm").python();
        if (python.isEmpty()) {
            return;
        }
        try (var fleet = VllmFleet.start(python.get(), folder, vertx)) {
            warmUp(fleet, VLLM_SERVED);
            double movedBefore = movedBytes(fleet);
            var run = serve(fleet, 1, 30);
            var table = new Comparison("vLLM 0.32.0");
            compare(table, run, false);
            table.count(
                    "KV tokens of a decode worker",
                    VllmFleet.KV_BLOCKS * VllmFleet.BLOCK_TOKENS,
                    run.read().decode().kvCapacityTokens());
            table.table().forEach(System.out::println);
            assertThat(movedBytes(fleet) - movedBefore)
                    .as("KV that NIXL has moved")
                    .isEqualTo(VllmFleet.kvBytes(run.seen()));
            assertThat(run.read().traffic().flow().notes()).isEmpty();
            table.check();
        }
    }

    private double movedBytes(ServingFleet fleet) {
        return pages(fleet).stream()
                .flatMap(page -> MOVED.matcher(page).results())
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .sum();
    }

    /// @param counted whether a frontend measures TTFT, as its clients do
    private static void compare(Comparison table, Run run, boolean counted) {
        var truth = run.truth();
        var traffic = run.read().traffic();
        table.count("arrived", truth.arrived(), traffic.arrived());
        table.count("prefill's count of them", truth.arrived(), traffic.flow().prefill());
        table.count("decode's count of them", truth.arrived(), traffic.flow().decode());
        table.count("completed", truth.completed(), traffic.completed());
        table.mean("ISL mean", truth.inputTokensMean(), traffic.inputTokensMean(), "");
        table.mean("OSL mean", truth.outputTokensMean(), traffic.outputTokensMean(), "");
        if (counted) {
            table.meanMillis("TTFT mean", truth.ttftMeanSeconds(), traffic.ttftMeanSeconds());
        } else {
            table.estimateMillis("TTFT mean", truth.ttftMeanSeconds(), traffic.ttftMeanSeconds());
        }
        // Of two engines' times no quantile of the sum is known, and no bucket holds it.
        if (counted) {
            table.quantile(
                    "TTFT p95",
                    truth.ttftQuantileSeconds(),
                    traffic.ttftQuantileSeconds(),
                    traffic.resolution().ttft());
        }
        table.meanMillis("ITL mean", truth.itlMeanSeconds(), traffic.itlMeanSeconds());
        table.quantile(
                "ITL p95",
                truth.itlQuantileSeconds(),
                traffic.itlQuantileSeconds(),
                traffic.resolution().itl());
    }
}
