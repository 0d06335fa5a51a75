package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.host.PrometheusTelemetry;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.prometheus.Outcome;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSource;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.judge.InProcess;
import dev.ratematch.harness.prometheus.ScrapeLog;
import dev.ratematch.harness.traffic.Generators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;

/// A simulated cluster that has been, and what was read of it then: its job is the engine's name.
///
/// @param epoch when it began, seconds since 1970
/// @param moments at which it was looked at, a minute apart; the first is one scrape, which tells
///   no increase yet
record PastFleet(Dialect.Engine engine, double epoch, List<Moment> moments) {

    static final int SCRAPE = 30;
    static final int CYCLE = 60;

    /// After each scrape of one Prometheus, that of another which scrapes the same pods.
    static final int LATER = 10;

    private static final long NANOS = 1_000_000_000L;

    /// What was seen at one moment, and the fleet then.
    ///
    /// @param at seconds since it began
    record Moment(double at, Snapshot snapshot, Map<Role, FleetCounts> counts) {}

    PastFleet {
        moments = List.copyOf(moments);
    }

    /// When one lives.
    ///
    /// @param epoch when it begins, seconds since 1970
    /// @param seconds for how long
    /// @param grownAt when a third prefill replica is asked for, which takes a minute or two to
    ///   come; seconds since it began
    record Span(double epoch, int seconds, int grownAt) {}

    /// Lets one of two replicas a role live.
    static PastFleet simulate(Dialect.Engine engine, Span span, ScrapeLog log) throws IOException {
        return simulate(engine, span, log, (_, _, _) -> {});
    }

    /// The same, scraped by two.
    ///
    /// @param later takes the scrapes of the other
    static PastFleet simulate(Dialect.Engine engine, Span span, ScrapeLog log, ScrapeLog later)
            throws IOException {
        int seconds = span.seconds();
        double epoch = span.epoch();
        var trace = Generators.generate("phase-inversion", 3, seconds);
        var exposed = new ExposedCluster(Shows.plant(), trace, Dialect.of(engine));
        var cluster = exposed.cluster();
        cluster.scale(Role.PREFILL, 2);
        cluster.scale(Role.DECODE, 2);
        var host = new InProcess(exposed);
        var telemetry = new EngineTelemetry(host, host::targets, host, 95, CYCLE);
        var moments = new ArrayList<Moment>();
        for (int at = SCRAPE; at <= seconds; at += SCRAPE) {
            cluster.runUntil(at * NANOS);
            for (var answer : host.fetch(host.targets())) {
                log.add(engine.label(), answer, epoch + at);
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
            if (at == span.grownAt()) {
                cluster.scale(Role.PREFILL, 3);
            }
            cluster.runUntil((at + LATER) * NANOS);
            for (var answer : host.fetch(host.targets())) {
                later.add(engine.label(), answer, epoch + at + LATER);
            }
        }
        return new PastFleet(engine, epoch, moments);
    }

    /// Which series are whose.
    Selectors selectors() {
        String job = "job=\"%s\"".formatted(engine.label());
        boolean alone = Dialect.of(engine).frontend() == Dialect.Frontend.NONE;
        return new Selectors(
                job + ",role=\"prefill\"",
                job + ",role=\"decode\"",
                alone ? "" : job + ",role=\"frontend\"");
    }

    /// When its last moment was, seconds since 1970.
    double end() {
        return epoch + moments.getLast().at();
    }

    /// Reads every moment from a store, as if it were now, and compares it with what was read then.
    ///
    /// @param within how far a reading may differ, as a share of one and the value
    /// @param each gets what is read in the store, and the moment
    void isToldBy(PrometheusSource store, double within, BiConsumer<Snapshot, Moment> each) {
        var now = new AtomicReference<>(moments.getFirst());
        var telemetry = telemetry(store, now);
        for (var moment : moments.subList(1, moments.size())) {
            now.set(moment);
            String what = engine + " at " + moment.at() + " s";
            var seen = telemetry.observe(moment.at());

            assertThat(seen.warnings()).as(what).isEqualTo(moment.snapshot().warnings());
            Same.traffic(what, seen, moment.snapshot(), within);
            assertThat(seen.windowSeconds()).as(what).isEqualTo(moment.snapshot().windowSeconds());
            each.accept(seen, moment);
        }
    }

    /// What a store says of the last moment, whatever that is.
    Snapshot last(PrometheusSource store) {
        return telemetry(store, new AtomicReference<>(moments.getLast()))
                .observe(moments.getLast().at());
    }

    private PrometheusTelemetry telemetry(PrometheusSource store, AtomicReference<Moment> now) {
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
        return new PrometheusTelemetry(
                new At(store, () -> epoch + now.get().at()), selectors(), fleet, 95, CYCLE);
    }

    /// A store looked at from a time in its past.
    private record At(PrometheusSource source, DoubleSupplier clock) implements PrometheusSource {

        @Override
        public Outcome time() {
            var told = source.time();
            double[] now = {clock.getAsDouble()};
            return told instanceof Outcome.Found
                    ? new Outcome.Found(List.of(new Outcome.RawSeries(Map.of(), now, now)))
                    : told;
        }

        @Override
        public Outcome query(String expression, double atSeconds) {
            return source.query(expression, atSeconds);
        }
    }
}
