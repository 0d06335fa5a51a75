package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.PrometheusTelemetry;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.judge.InProcess;
import dev.ratematch.harness.prometheus.RealPrometheus;
import dev.ratematch.harness.traffic.Trace;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Simulated clusters of all four engines on wall time, one real Prometheus that scrapes them, and
/// the same decision as from reading the clusters themselves.
///
/// Two observers are never there at one instant, so time is held while both look: what they read
/// must then be equal, and not about equal. The window is chosen so that it begins where the time
/// was held before.
@Tag("prometheus")
class PrometheusEndToEndTest {

    private static final double RUN_SECONDS = 20;
    private static final double WINDOW_SECONDS = 30;
    private static final double SCRAPE_SECONDS = 0.5;

    /// A pod's first and last scrape lie up to one scrape inside the window, and the counts of all
    /// pods are brought to one length.
    private static final double WINDOWS_APART =
            2 * SCRAPE_SECONDS / (WINDOW_SECONDS - 2 * SCRAPE_SECONDS);

    private static final double HELD_AFTER_SECONDS = 4;
    private static final int ROUNDS = 2;
    private static final int PATIENCE_ROUNDS = 1200;
    private static final long ROUND_NANOS = 50_000_000;

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final long began = System.nanoTime();
    private final Map<Dialect.Engine, WallClockPlant> plants = new EnumMap<>(Dialect.Engine.class);
    private final List<Subject> subjects = new ArrayList<>();

    /// One cluster, read in two ways.
    private static final class Subject {
        final Dialect.Engine engine;
        final WallClockPlant plant;
        final EngineTelemetry direct;
        final PrometheusTelemetry indirect;
        final Controller controller;
        State inside = State.INITIAL;
        State through = State.INITIAL;

        Subject(Dialect.Engine engine, WallClockPlant plant, PrometheusClient client) {
            this.engine = engine;
            this.plant = plant;
            this.direct =
                    plant.look(
                            cluster -> {
                                var host = new InProcess(cluster);
                                return new EngineTelemetry(
                                        host, host::targets, host, 95, WINDOW_SECONDS);
                            });
            String job = "job=\"%s\"".formatted(engine.label());
            boolean frontend = plant.look(c -> c.dialect().frontend() != Dialect.Frontend.NONE);
            this.indirect =
                    new PrometheusTelemetry(
                            client,
                            new Selectors(
                                    job + ",role=\"prefill\"",
                                    job + ",role=\"decode\"",
                                    frontend ? job + ",role=\"frontend\"" : ""),
                            plant.fleet(),
                            95,
                            WINDOW_SECONDS);
            var service = Shows.service();
            this.controller = new Controller(service.spec(), service.laws());
        }
    }

    @AfterEach
    void stop() {
        plants.values().forEach(WallClockPlant::close);
        PlantServer.await(vertx.close());
    }

    private double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    private static void await(String what, BooleanSupplier done) {
        for (int round = 0; !done.getAsBoolean(); round++) {
            assertThat(round).as("waiting: %s", what).isLessThan(PATIENCE_ROUNDS);
            LockSupport.parkNanos(ROUND_NANOS);
        }
    }

    private static WallClockPlant plant(Dialect.Engine engine) {
        Trace trace = Shows.trace(); // long prompts for five minutes, 26 a second
        var cluster = new ExposedCluster(Shows.plant(), trace, Dialect.of(engine));
        cluster.cluster().scale(Role.PREFILL, 1); // far too few
        cluster.cluster().scale(Role.DECODE, 4);
        return new WallClockPlant(cluster, Ports.FREE);
    }

    private static double now(PrometheusClient client) {
        return client.time() instanceof Found(var series, _) ? series.getFirst().values()[0] : -1;
    }

    private int targets() {
        return subjects.stream().mapToInt(s -> s.plant.targets().size()).sum();
    }

    /// Every target has been scraped well after that time.
    private void awaitScrapes(PrometheusClient client, double epochSeconds) {
        String query = "min(timestamp(up)) and on () (count(up) == %d)".formatted(targets());
        await(
                "Prometheus scrapes all targets",
                () ->
                        client.query(query, now(client)) instanceof Found(var series, _)
                                && !series.isEmpty()
                                && series.getFirst().values()[0] > epochSeconds + 1);
    }

    @Test
    void recommendsThroughPrometheusWhatItRecommendsInProcess(@TempDir Path folder)
            throws Exception {
        var jobs = new StringBuilder();
        for (var engine : Dialect.Engine.values()) {
            var plant = plant(engine);
            plants.put(engine, plant);
            jobs.append(plant.scrapeConfig(engine.label()))
                    .append("    scrape_interval: %.0fms\n".formatted(SCRAPE_SECONDS * 1000))
                    .append("    scrape_timeout: %.0fms\n".formatted(SCRAPE_SECONDS * 1000));
        }
        try (var prometheus = RealPrometheus.start(folder, jobs.toString());
                var client =
                        new PrometheusClient(
                                vertx, "real", PrometheusSettings.of(prometheus.url()), registry)) {
            plants.forEach((engine, plant) -> subjects.add(new Subject(engine, plant, client)));
            awaitScrapes(client, now(client));
            double first = seconds();
            for (var subject : subjects) {
                subject.plant.look(_ -> subject.direct.observe(first));
            }
            double at = first;
            for (int round = 1; round <= ROUNDS; round++) {
                double last = at;
                await("the moment stays for a while", () -> seconds() > last + HELD_AFTER_SECONDS);
                subjects.forEach(s -> s.plant.go());
                double until = round * RUN_SECONDS;
                await(
                        "the clusters run",
                        () -> subjects.stream().allMatch(s -> s.plant.atSeconds() >= until));
                subjects.forEach(s -> s.plant.hold());
                awaitScrapes(client, now(client));
                await("the window", () -> seconds() > last + WINDOW_SECONDS - 0.3);
                at = seconds();
                for (var subject : subjects) {
                    decideTwice(subject, round, at);
                }
            }
        }
        for (var subject : subjects) {
            var move = subject.through.proposed();
            var other = subject.inside.proposed();
            if (move == null || other == null) {
                throw new AssertionError(subject.engine + ": nothing was recommended");
            }
            assertAlike(
                    subject.engine + ", where it ends",
                    Counts.of(move.to()),
                    Counts.of(other.to()));
            assertThat(move.to().prefill()).isGreaterThan(1);
        }
    }

    /// A replica apart at most: a store has each pool at every scrape, a look at two moments only,
    /// so the held time teaches prefill there and not here.
    private static void assertAlike(String what, Counts through, Counts inside) {
        for (var role : Role.values()) {
            assertThat(through.of(role)).as(what).isNotNull();
            assertThat(inside.of(role)).as(what).isNotNull().isCloseTo(through.of(role), within(1));
        }
    }

    private static void decideTwice(Subject subject, int round, double at) {
        String what = subject.engine + ", round " + round;
        var seen = subject.indirect.observe(at);
        var wanted = subject.plant.look(_ -> subject.direct.observe(at));

        assertThat(seen.warnings()).as(what).isEmpty();
        Same.traffic(what, seen, wanted, Same.EXACT, WINDOWS_APART);
        // The window's length is that between scrapes there, between looks here.
        assertThat(seen.windowSeconds().orElse(-1))
                .as(what)
                .isCloseTo(wanted.windowSeconds().orElse(-9), within(1.5));
        var through = subject.controller.step(subject.through, seen, Conduct.ADVICE, null);
        var inside = subject.controller.step(subject.inside, wanted, Conduct.ADVICE, null);
        subject.through = through.state();
        subject.inside = inside.state();
        Decision decision = through.decision();
        System.out.printf(
                "%s: %s through Prometheus in %.1f s, %s in process in %.1f s%n",
                what,
                decision,
                seen.windowSeconds().orElse(-1),
                inside.decision(),
                wanted.windowSeconds().orElse(-1));
        assertThat(decision.reason()).as(what).isEqualTo(inside.decision().reason());
        assertAlike(what, decision.counts(), inside.decision().counts());
    }
}
