package dev.ratematch.cli;

import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.LiveSource;
import dev.ratematch.controller.host.SeenReplicas;
import dev.ratematch.controller.ledger.LiveLedger;
import dev.ratematch.controller.recommend.Recommender;
import dev.ratematch.controller.recommend.Stop;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.scrape.Target;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The console of a deployment that is played: what `recommend --watch` would say of its pods, read
/// over HTTP like any other's. Nothing is scaled.
final class EnginesConsole implements AutoCloseable {

    private static final String NAME = "engines";

    /// Between two looks; the third one is the first that can tell.
    private static final double SECONDS = 10;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ConsoleServerOptions.Open open;
    private final Service service;
    private final LiveSource live;
    private final Stop stop = new Stop();

    private EnginesConsole(ConsoleServerOptions.Open open, Service service, List<Target> targets) {
        this.open = open;
        this.service = service;
        var place = new LiveSource.Place(targets, TIMEOUT, null, null, Catalogue.shipped());
        this.live = new LiveSource(place, Vertx.vertx(), new SimpleMeterRegistry());
        Thread.ofPlatform().daemon().name("console").start(this::watch);
    }

    /// Opens it where a port is asked for; else null.
    static @Nullable EnginesConsole open(
            ConsoleServerOptions options, Supplier<Service> service, List<Target> targets) {
        var open = options.open(NAME, null, _ -> {});
        return open == null ? null : new EnginesConsole(open, service.get(), targets);
    }

    String url() {
        return open.server().url();
    }

    private void watch() {
        var telemetry = live.telemetry(service.spec().slo().percentile(), SECONDS);
        var seen = new SeenReplicas(telemetry, Map.of());
        var recommender = new Recommender(service, _ -> {});
        var ledger = new LiveLedger();
        try {
            do {
                double now = Clock.systemUTC().millis() / 1e3;
                var cycle = recommender.advise(ControlLoop.observe(seen, now), null).cycle();
                open.console().cycle("", NAME, service, cycle, ledger.cycle(service, cycle));
            } while (!stop.within(SECONDS));
        } finally {
            stop.ended();
        }
    }

    @Override
    public void close() {
        stop.interrupt();
        live.close();
        open.close();
    }
}
