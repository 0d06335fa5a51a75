package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.host.PrometheusTelemetry;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.prometheus.Outcome;
import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSource;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.judge.InProcess;
import dev.ratematch.harness.prometheus.Backfill;
import dev.ratematch.harness.prometheus.RealPrometheus;
import dev.ratematch.harness.traffic.Generators;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hours of simulated clusters in the blocks of a real Prometheus: at every moment of them it tells
/// what the clusters told themselves, and the same is decided.
@Tag("prometheus")
class PrometheusBackfillTest {

    /// When the clusters begin, seconds since 1970; long past, on a boundary of blocks.
    private static final double EPOCH = 1_759_996_800;

    private static final int SECONDS = 2 * 3600;
    private static final int SCRAPE = 30;
    private static final int CYCLE = 60;

    /// A third prefill replica is asked for then, which takes a minute or two to come.
    private static final int GROWN_AT = 1800;

    private static final long NANOS = 1_000_000_000L;

    private final Vertx vertx = Vertx.vertx();

    /// What was seen at one moment, and the fleet then.
    private record Moment(double at, Snapshot snapshot, Map<Role, FleetCounts> counts) {}

    @AfterEach
    void stop() {
        PlantServer.await(vertx.close());
    }

    private static List<Moment> simulate(Dialect dialect, String job, Backfill log)
            throws IOException {
        var trace = Generators.generate("phase-inversion", 3, SECONDS);
        var exposed = new ExposedCluster(Shows.plant(), trace, dialect);
        var cluster = exposed.cluster();
        cluster.scale(Role.PREFILL, 2);
        cluster.scale(Role.DECODE, 2);
        var host = new InProcess(exposed);
        var telemetry = new EngineTelemetry(host, host::targets, host, 95, CYCLE);
        var moments = new ArrayList<Moment>();
        for (int at = SCRAPE; at <= SECONDS; at += SCRAPE) {
            cluster.runUntil(at * NANOS);
            for (var answer : host.fetch(host.targets())) {
                log.add(job, answer, EPOCH + at);
            }
            if (at % CYCLE == 0) {
                moments.add(
                        new Moment(
                                at,
                                telemetry.observe(at),
                                new EnumMap<>(
                                        Map.of(
                                                Role.PREFILL, host.counts(Role.PREFILL),
                                                Role.DECODE, host.counts(Role.DECODE)))));
            }
            if (at == GROWN_AT) {
                cluster.scale(Role.PREFILL, 3);
            }
        }
        return moments;
    }

    @Test
    void tellsAtEveryMomentWhatWasToldThen(@TempDir Path folder) throws Exception {
        var simulated = new EnumMap<Dialect.Engine, List<Moment>>(Dialect.Engine.class);
        try (var log = new Backfill(folder)) {
            for (var engine : Dialect.Engine.values()) {
                simulated.put(engine, simulate(Dialect.of(engine), engine.label(), log));
            }
            System.out.println(log.toBlocks());
        }
        try (var prometheus = RealPrometheus.start(folder, "");
                var client =
                        new PrometheusClient(
                                vertx,
                                "past",
                                PrometheusSettings.of(prometheus.url()),
                                new SimpleMeterRegistry())) {
            for (var each : simulated.entrySet()) {
                compare(each.getKey(), each.getValue(), client);
            }
        }
    }

    private static void compare(
            Dialect.Engine engine, List<Moment> moments, PrometheusClient client) {
        var now = new AtomicReference<>(moments.getFirst());
        var fleet =
                new Fleet() {
                    @Override
                    public FleetCounts counts(Role role) {
                        return now.get().counts().getOrDefault(role, FleetCounts.steady(0));
                    }

                    @Override
                    public void scale(Role role, int replicas) {
                        throw new UnsupportedOperationException("It is past.");
                    }
                };
        String job = "job=\"%s\"".formatted(engine.label());
        boolean alone = Dialect.of(engine).frontend() == Dialect.Frontend.NONE;
        var telemetry =
                new PrometheusTelemetry(
                        new At(client, () -> EPOCH + now.get().at()),
                        new Selectors(
                                job + ",role=\"prefill\"",
                                job + ",role=\"decode\"",
                                alone ? "" : job + ",role=\"frontend\""),
                        fleet,
                        95,
                        CYCLE);
        var service = Shows.service();
        var controller = new Controller(service.spec(), service.laws());
        var through = State.INITIAL;
        var inside = State.INITIAL;
        int resizes = 0;
        // The first look in process is one scrape, which tells no increase yet.
        for (var moment : moments.subList(1, moments.size())) {
            now.set(moment);
            String what = engine + " at " + moment.at() + " s";
            var seen = telemetry.observe(moment.at());

            Same.traffic(what, seen, moment.snapshot());
            assertThat(seen.windowSeconds()).as(what).isEqualTo(moment.snapshot().windowSeconds());
            var one = controller.step(through, seen, Conduct.ADVICE, null);
            var other = controller.step(inside, moment.snapshot(), Conduct.ADVICE, null);
            through = one.state();
            inside = other.state();
            assertThat(one.decision()).as(what).isEqualTo(other.decision());
            resizes += one.decision() instanceof Decision.Resize ? 1 : 0;
        }
        System.out.printf(
                "%s: %d moments equal, %d of them recommend a move%n",
                engine, moments.size() - 1, resizes);
        assertThat(resizes).as("%s", engine).isPositive();
    }

    /// A Prometheus looked at from a time in its past.
    private record At(PrometheusSource source, DoubleSupplier clock) implements PrometheusSource {

        @Override
        public Outcome time() {
            double[] now = {clock.getAsDouble()};
            return new Outcome.Found(List.of(new Outcome.RawSeries(Map.of(), now, now)));
        }

        @Override
        public Outcome query(String expression, double atSeconds) {
            return source.query(expression, atSeconds);
        }
    }
}
