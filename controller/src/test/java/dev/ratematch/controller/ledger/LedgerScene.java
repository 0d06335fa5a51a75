package dev.ratematch.controller.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.sample.Cycles;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A fleet of one and one that too much comes to, with windows as they are measured told by the
/// test, and the books of it.
class LedgerScene {

    private static final double WINDOW = 30;
    static final double RATE = 40;
    private static final Reading UNKNOWN = new Reading.Unknown("not exposed");
    static final Service SERVICE =
            ServiceFactory.create(
                    ServiceRequest.builder("llama-3.1-70b", "b200", new Slo(2.3, 0.0301, 95), 16)
                            .precision("nvfp4")
                            .build());

    final Ledger ledger = new Ledger();

    private final LiveLedger live = new LiveLedger();

    /// How promises have come out by the last cycle.
    @Nullable TrackRecord record;

    private final Controller controller = new Controller(SERVICE.spec(), SERVICE.laws());
    final List<Entry> closed = new ArrayList<>();
    private State state = State.INITIAL;
    Sizes fleet = new Sizes(1, 1);
    Sizes asked = fleet;
    private double at;

    /// What is decided from now on, whatever is seen; null while the controller advises.
    @Nullable Cycle frozen;

    @Nullable Cycle last;

    /// What one window shows beside the counts; unknown where negative.
    record Measured(double completed, double ttft, double itl, double queued) {}

    private static Reading read(double value) {
        return value < 0 ? UNKNOWN : Reading.of(value);
    }

    private static PoolReading pool(int replicas, Reading queued) {
        var n = Reading.of(replicas);
        var none = Reading.of(0);
        return new PoolReading(
                n, n, none, none, none, none, queued, UNKNOWN, UNKNOWN, none, UNKNOWN, UNKNOWN);
    }

    void cycle(double rate, Measured measured) {
        at += WINDOW;
        var queued = read(measured.queued());
        var seen =
                new Snapshot(
                        at,
                        Reading.of(WINDOW),
                        pool(fleet.prefill(), queued),
                        pool(fleet.decode(), measured.queued() < 0 ? UNKNOWN : Reading.of(0)),
                        new TrafficReading(
                                Reading.of(rate * WINDOW),
                                false,
                                read(measured.completed() * WINDOW),
                                Reading.of(0),
                                Reading.of(3000),
                                UNKNOWN,
                                UNKNOWN,
                                Reading.of(250),
                                UNKNOWN,
                                read(measured.ttft()),
                                UNKNOWN,
                                read(measured.itl()),
                                UNKNOWN,
                                UNKNOWN,
                                UNKNOWN,
                                UNKNOWN,
                                UNKNOWN,
                                UNKNOWN,
                                List.of()),
                        List.of());
        var step = controller.step(state, seen, Conduct.ADVICE, null);
        state = step.state();
        var before = frozen;
        last = before == null ? step.cycle() : Cycles.seeing(before, seen);
        asked = Objects.requireNonNull(last.end());
        record = live.cycle(SERVICE, last);
        ledger.cycle(SERVICE, last, true).ifPresent(closed::add);
    }

    /// Cycles until something is recommended.
    void recommended() {
        for (int i = 0; i < 60 && ledger.open().isEmpty(); i++) {
            cycle(RATE, new Measured(RATE / 2, 9, 0.02, 100));
        }
        assertThat(ledger.open()).isPresent();
    }

    Promise promise() {
        return Objects.requireNonNull(ledger.open().orElseThrow().promise());
    }
}
