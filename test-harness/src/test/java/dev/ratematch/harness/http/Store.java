package dev.ratematch.harness.http;

import dev.ratematch.controller.host.LiveSource;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.resilience.Limits;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.http.PastFleet.Span;
import dev.ratematch.harness.prometheus.RemoteWrite;
import dev.ratematch.harness.prometheus.ScrapeLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// How the tests of real stores fill and ask them. A store is filled with fleets of every engine
/// that ended a moment ago, in the way that Prometheus hands samples on.
final class Store {

    private static final int SECONDS = 1800;
    private static final int GROWN_AT = 600;

    private Store() {}

    /// Simulates a fleet of each engine and hands its scrapes to all those logs.
    static List<PastFleet> fill(ScrapeLog... logs) throws IOException {
        var all = new ArrayList<PastFleet>();
        for (var engine : Dialect.Engine.values()) {
            all.add(fill(engine, logs));
        }
        return all;
    }

    /// Simulates a fleet of one engine and hands its scrapes to all those logs.
    static PastFleet fill(Dialect.Engine engine, ScrapeLog... logs) throws IOException {
        return PastFleet.simulate(
                engine,
                span(),
                (job, answer, at) -> {
                    for (var log : logs) {
                        log.add(job, answer, at);
                    }
                });
    }

    /// A while that ends now.
    static Span span() {
        return new Span(System.currentTimeMillis() / 1000 - SECONDS, SECONDS, GROWN_AT);
    }

    /// Simulates a fleet of each engine and writes it there.
    static List<PastFleet> write(String url, Map<String, String> headers) throws IOException {
        try (var out = new RemoteWrite(url, headers)) {
            return fill(out);
        }
    }

    /// How a test asks: with patience, and without a long rest after failures.
    static PrometheusSettings settings(String url) {
        return PrometheusSettings.of(url)
                .limits(
                        new Limits(
                                Duration.ofSeconds(30),
                                1,
                                Duration.ofMillis(1),
                                8,
                                100,
                                1000,
                                Duration.ofSeconds(1)));
    }

    /// Asks in that way.
    static void ask(PrometheusSettings settings, Consumer<PrometheusClient> questions) {
        var vertx = Vertx.vertx();
        try (var client =
                new PrometheusClient(vertx, "store", settings, new SimpleMeterRegistry())) {
            questions.accept(client);
        } finally {
            PlantServer.await(vertx.close());
        }
    }

    /// What keeps a command from reading this fleet there; empty when nothing does.
    static List<String> problems(PrometheusSettings settings, PastFleet fleet) {
        var place =
                new LiveSource.Place(
                        List.of(),
                        Duration.ofSeconds(30),
                        settings,
                        fleet.selectors(),
                        Catalogue.shipped());
        try (var source = new LiveSource(place, Vertx.vertx(), new SimpleMeterRegistry())) {
            return source.problems();
        }
    }
}
