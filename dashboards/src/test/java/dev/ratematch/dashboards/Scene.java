package dev.ratematch.dashboards;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.ledger.LiveLedger;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import java.util.List;

/// A service on 16 GPUs whose cycles are really decided, every 15 s.
public final class Scene {

    public static final double WINDOW_SECONDS = 15;

    private static final double OUTPUT_TOKENS = 300;
    private static final double ITL_SECONDS = 0.012;
    private static final Reading NONE = Reading.of(0);

    private final Service service =
            ServiceFactory.create(
                    ServiceRequest.builder("llama-3.1-70b", "b200", new Slo(2, 0.03, 95), 16)
                            .precision("nvfp4")
                            .build());
    private final ControlLoop loop = ControlLoop.of(service, State.INITIAL, null, Journal.NONE);
    private final LiveLedger ledger = new LiveLedger();
    private double at;

    /// The first cycle comes a window after this moment.
    public Scene(double beginSeconds) {
        this.at = beginSeconds;
    }

    /// The service that is decided for.
    public Service service() {
        return service;
    }

    /// A cycle, and the record after it.
    public record Told(Cycle cycle, TrackRecord record) {}

    /// The next cycle of a fleet.
    ///
    /// @param perSecond requests that arrive
    /// @param ttftSeconds at the percentile
    public Told cycle(int prefill, int decode, double perSecond, double ttftSeconds) {
        at += WINDOW_SECONDS;
        return told(
                new Snapshot(
                        at,
                        Reading.of(WINDOW_SECONDS),
                        pool(prefill, perSecond),
                        pool(decode, perSecond),
                        traffic(perSecond * WINDOW_SECONDS, ttftSeconds),
                        List.of()));
    }

    /// A cycle that could read nothing.
    public Told blind(String why) {
        at += WINDOW_SECONDS;
        return told(Snapshot.unknown(at, why));
    }

    private Told told(Snapshot snapshot) {
        var cycle = loop.decide(snapshot, Orders.CONTROL);
        return new Told(cycle, ledger.cycle(service, cycle));
    }

    private static PoolReading pool(int replicas, double perSecond) {
        var count = Reading.of(replicas);
        return new PoolReading(
                count,
                count,
                NONE,
                NONE,
                NONE,
                NONE,
                NONE,
                NONE,
                Reading.of(perSecond * OUTPUT_TOKENS * ITL_SECONDS),
                NONE,
                Reading.of(0.2),
                new Reading.Unknown("no engine states it"));
    }

    private static TrafficReading traffic(double requests, double ttftSeconds) {
        var count = Reading.of(requests);
        return new TrafficReading(
                count,
                false,
                count,
                NONE,
                Reading.of(2000),
                Reading.of(0.3),
                Reading.of(2000),
                Reading.of(OUTPUT_TOKENS),
                Reading.of(0.3),
                Reading.of(ttftSeconds / 2),
                Reading.of(ttftSeconds),
                Reading.of(ITL_SECONDS),
                Reading.of(0.015),
                new Reading.Unknown("no engine tells it"),
                NONE,
                Reading.of(1),
                NONE,
                new Reading.Unknown("no engine tells it"),
                List.of());
    }
}
