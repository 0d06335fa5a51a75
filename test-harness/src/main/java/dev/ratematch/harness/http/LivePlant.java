package dev.ratematch.harness.http;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.host.Telemetry;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.telemetry.scrape.Scraper;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.judge.Advance;
import dev.ratematch.harness.judge.Policy;
import dev.ratematch.harness.plant.FleetView;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Our controller against a cluster over real HTTP, on accelerated wall time.
///
/// The cluster runs in slices, paced by the wall clock, up to the next control instant, and stands
/// still there while the controller scrapes, decides and commands: a slow machine slows the show
/// and changes nothing in it.
public final class LivePlant implements Policy, Advance, AutoCloseable {

    private static final Duration SCRAPE_TIMEOUT = Duration.ofSeconds(10);
    private static final double FRAME_SECONDS = 0.1;
    private static final double NANOS = 1e9;

    private final ServiceSpec spec;
    private final Laws laws;
    private final double cycleSeconds;
    private final double speed;
    private final Journal journal;
    private final Audience audience;
    private final Vertx vertx = Vertx.vertx();
    private final Scraper scraper = new Scraper(vertx, SCRAPE_TIMEOUT);
    private final long beganNanos = System.nanoTime();
    private @Nullable Stage stage;

    /// Who watches.
    public interface Audience {

        /// Nobody.
        Audience NONE = new Audience() {};

        /// Time has passed.
        ///
        /// @param atSeconds virtual seconds since the start of the trace
        default void frame(double atSeconds, FleetView prefill, FleetView decode) {}

        /// A control cycle is over.
        default void cycle(Cycle cycle) {}
    }

    /// What exists once there is a cluster.
    private record Stage(
            PlantServer server, HttpHost host, Telemetry telemetry, ControlLoop loop) {}

    /// A plant that waits for its cluster.
    ///
    /// @param laws step times by the cost model
    /// @param cycleSeconds scrape and control interval, virtual seconds
    /// @param speed virtual seconds in a wall second; infinite to go as fast as it can
    public LivePlant(
            ServiceSpec spec,
            Laws laws,
            double cycleSeconds,
            double speed,
            Journal journal,
            Audience audience) {
        if (!(speed > 0)) {
            throw new IllegalArgumentException("speed (%s) must be above 0.".formatted(speed));
        }
        this.spec = spec;
        this.laws = laws;
        this.cycleSeconds = cycleSeconds;
        this.speed = speed;
        this.journal = journal;
        this.audience = audience;
    }

    @Override
    public String name() {
        return "ratematch";
    }

    @Override
    public void advance(ExposedCluster exposed, long toNanos) {
        var cluster = exposed.cluster();
        var server = stage(exposed).server();
        long now = cluster.nowNanos();
        while (now < toNanos) {
            now = (long) Math.min((double) toNanos, now + speed * FRAME_SECONDS * NANOS);
            cluster.runUntil(now);
            server.refresh();
            audience.frame(now / NANOS, cluster.fleet(Role.PREFILL), cluster.fleet(Role.DECODE));
            waitFor(server, now);
        }
    }

    private void waitFor(PlantServer server, long virtualNanos) {
        long due = beganNanos + (long) (virtualNanos / speed);
        long left = due - System.nanoTime();
        if (left > 0) {
            server.away(
                    () -> {
                        LockSupport.parkNanos(left);
                        return true;
                    });
        }
    }

    @Override
    public Command decide(View view) {
        var at = stage(view.exposed());
        at.server().refresh();
        var cycle =
                at.server()
                        .away(
                                () ->
                                        at.loop()
                                                .cycle(
                                                        at.telemetry(),
                                                        view.atSeconds(),
                                                        Orders.CONTROL));
        audience.cycle(cycle);
        return new Command(
                view.cluster().fleet(Role.PREFILL).desired(),
                view.cluster().fleet(Role.DECODE).desired(),
                cycle.explanation().text());
    }

    private Stage stage(ExposedCluster exposed) {
        var ready = stage;
        if (ready == null) {
            var server = new PlantServer(vertx, exposed);
            var host = new HttpHost(vertx, server.apiUrl());
            var telemetry =
                    new EngineTelemetry(
                            scraper, host::targets, host, spec.slo().percentile(), cycleSeconds);
            ready =
                    new Stage(
                            server,
                            host,
                            telemetry,
                            new ControlLoop(spec, laws, State.INITIAL, host, journal));
            stage = ready;
        }
        return ready;
    }

    @Override
    public void close() {
        var open = stage;
        stage = null;
        if (open != null) {
            open.host().close();
            open.server().close();
        }
        scraper.close();
        PlantServer.await(vertx.close());
    }
}
