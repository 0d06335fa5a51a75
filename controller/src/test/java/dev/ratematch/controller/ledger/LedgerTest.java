package dev.ratematch.controller.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.ledger.Entry.End;
import dev.ratematch.controller.ledger.Entry.Fate;
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
import org.junit.jupiter.api.Test;

/// A fleet of one and one that too much comes to, with windows as they are measured told by the
/// test.
class LedgerTest {

    private static final double WINDOW = 30;
    private static final double RATE = 40;
    private static final Reading UNKNOWN = new Reading.Unknown("not exposed");
    private static final Service SERVICE =
            ServiceFactory.create(
                    ServiceRequest.of("llama-3.1-70b", "b200", new Slo(2.3, 0.0301, 95), 16));

    private final Ledger ledger = new Ledger();
    private final Controller controller = new Controller(SERVICE.spec(), SERVICE.laws());
    private final List<Entry> closed = new ArrayList<>();
    private State state = State.INITIAL;
    private Sizes fleet = new Sizes(1, 1);
    private Sizes asked = fleet;
    private double at;

    /// What is decided from now on, whatever is seen; null while the controller advises.
    private @Nullable Cycle frozen;

    private @Nullable Cycle last;

    /// What one window shows beside the counts; unknown where negative.
    private record Measured(double completed, double ttft, double itl, double queued) {}

    private static Reading read(double value) {
        return value < 0 ? UNKNOWN : Reading.of(value);
    }

    private static PoolReading pool(int replicas, Reading queued) {
        var n = Reading.of(replicas);
        var none = Reading.of(0);
        return new PoolReading(
                n, n, none, none, none, none, queued, UNKNOWN, UNKNOWN, none, UNKNOWN, UNKNOWN);
    }

    private void cycle(double rate, Measured measured) {
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
        ledger.cycle(SERVICE, last, true).ifPresent(closed::add);
    }

    /// Cycles until something is recommended.
    private void recommended() {
        for (int i = 0; i < 60 && ledger.open().isEmpty(); i++) {
            cycle(RATE, new Measured(RATE / 2, 9, 0.02, 100));
        }
        assertThat(ledger.open()).isPresent();
    }

    private Promise promise() {
        return Objects.requireNonNull(ledger.open().orElseThrow().promise());
    }

    @Test
    void aPromiseIsComparedWithTheMeansOnceTheFleetIsAsRecommended() {
        recommended();
        var promise = promise();
        fleet = asked;
        var better =
                new Measured(
                        RATE, 1.1 * promise.ttftMeanSeconds(), 0.9 * promise.itlMeanSeconds(), 0);
        for (int i = 0; i < 8; i++) {
            cycle(RATE, better);
        }

        var entry = ledger.open().orElseThrow();
        assertThat(entry.fate()).isEqualTo(Fate.FOLLOWED);
        assertThat(entry.from()).isEqualTo(new Sizes(1, 1));
        assertThat(entry.to()).isEqualTo(fleet);
        assertThat(entry.settled().windows()).isEqualTo(7);
        assertThat(entry.asSaid().ttft().error().orElseThrow()).isCloseTo(0.1, within(1e-9));
        assertThat(entry.asSaid().itl().error().orElseThrow()).isCloseTo(-0.1, within(1e-9));
        assertThat(entry.asItCame().served().error().orElseThrow()).isCloseTo(0, within(1e-9));
        assertThat(entry.settled().lateShare().orElseThrow()).isZero();
        assertThat(entry.gpuHoursHeld()).isEqualTo(entry.gpuHoursRecommended());
    }

    @Test
    void aBacklogFromBeforeIsSaidToBeWorkedOffFirst() {
        recommended();
        fleet = asked;
        cycle(RATE, new Measured(RATE, 0.2, 0.02, 0));
        frozen = last;
        for (int i = 0; i < 4; i++) {
            cycle(RATE, new Measured(RATE, 60, 0.02, 5000));
        }
        var waiting = ledger.open().orElseThrow();
        assertThat(waiting.settled().windows()).isEqualTo(4);
        assertThat(waiting.steady()).isZero();
        assertThat(waiting.asSaid().ttft().error()).isEmpty();
        // None waited when the fleet was reached, so none is said to wait.
        assertThat(waiting.asItCame().ttft().error().orElseThrow()).isGreaterThan(10);

        cycle(RATE, new Measured(RATE, 60, 0.02, 0));
        cycle(RATE, new Measured(RATE, 0.2, 0.02, 0));
        assertThat(ledger.open().orElseThrow().steady()).isEqualTo(1);
    }

    @Test
    void whatWaitedWhenTheFleetWasReachedIsPartOfTheTtftThatIsSaid() {
        recommended();
        frozen = last;
        fleet = asked;
        cycle(RATE, new Measured(RATE, 0.2, 0.02, 5000));
        cycle(RATE, new Measured(RATE, 60, 0.02, 4000));
        double first = ledger.open().orElseThrow().asItCame().ttft().promised().orElseThrow();
        for (int i = 0; i < 20; i++) {
            cycle(RATE, new Measured(RATE, 60, 0.02, 4000));
        }
        double all = ledger.open().orElseThrow().asItCame().ttft().promised().orElseThrow();
        assertThat(first).isGreaterThan(10);
        assertThat(all).isLessThan(0.7 * first);
    }

    @Test
    void aBacklogThatGrowsAfterwardsAlthoughAllShouldBeCarriedCounts() {
        recommended();
        fleet = asked;
        for (int i = 0; i < 3; i++) {
            cycle(RATE, new Measured(RATE, 0.2, 0.02, 0));
        }
        frozen = last;
        int before = ledger.open().orElseThrow().steady();
        cycle(RATE, new Measured(RATE / 2, 9, 0.02, 3000));
        cycle(RATE, new Measured(RATE / 2, 9, 0.02, 6000));
        var entry = ledger.open().orElseThrow();
        assertThat(entry.steady()).isEqualTo(before + 2);
        assertThat(entry.asSaid().ttft().error().orElseThrow()).isGreaterThan(1);
        assertThat(entry.asItCame().served().error().orElseThrow()).isLessThan(0);
    }

    @Test
    void whatIsIgnoredHasNoResultAndSaysWhatItCost() {
        recommended();
        for (int i = 0; i < 4; i++) {
            cycle(RATE, new Measured(RATE / 2, 9, 0.02, 100));
        }
        var entry = ledger.open().orElseThrow();
        assertThat(entry.fate()).isEqualTo(Fate.IGNORED);
        assertThat(entry.asItCame().served().error()).isEmpty();
        assertThat(entry.asItCame().ttft().measured()).isEmpty();
        assertThat(entry.settled().lateShare()).isEmpty();
        assertThat(entry.ignored().windows()).isEqualTo(4);
        assertThat(entry.ignored().lateShare().orElseThrow()).isEqualTo(1);
        assertThat(entry.ignored().unservedShare().orElseThrow()).isCloseTo(0.5, within(1e-9));
        assertThat(entry.gpuHoursHeld().orElseThrow())
                .isLessThan(entry.gpuHoursRecommended().orElseThrow());
    }

    @Test
    void whatIsNotReadIsUnknownAndNeverZero() {
        recommended();
        fleet = asked;
        for (int i = 0; i < 6; i++) {
            cycle(RATE, new Measured(-1, -1, -1, -1));
        }
        var entry = ledger.open().orElseThrow();
        assertThat(entry.settled().windows()).isEqualTo(5);
        assertThat(entry.settled().lateShare()).isEmpty();
        assertThat(entry.settled().unservedShare()).isEmpty();
        assertThat(entry.asItCame()).isEqualTo(Comparison.NONE);
        assertThat(new Scores(List.of(entry)).median(e -> e.asItCame().ttft().error()).value())
                .isEmpty();
    }

    @Test
    void whereNothingIsWrongNothingIsBooked() {
        fleet = new Sizes(1, 1);
        for (int i = 0; i < 6; i++) {
            cycle(0.5, new Measured(0.5, 0.2, 0.02, 0));
        }
        assertThat(ledger.open()).isEmpty();
        assertThat(closed).isEmpty();
    }

    @Test
    void aRecommendationThatIsNoLongerNeededIsWithdrawn() {
        recommended();
        for (int i = 0; i < 40 && closed.isEmpty(); i++) {
            cycle(0.5, new Measured(0.5, 0.2, 0.02, 0));
        }
        assertThat(closed).first().extracting(Entry::end).isIn(End.WITHDRAWN, End.REPLACED);
        assertThat(closed).first().extracting(Entry::fate).isEqualTo(Fate.IGNORED);
    }

    @Test
    void aMedianIsOfThoseThatCanBeCompared() {
        recommended();
        var ignored = ledger.open().orElseThrow();
        var promise = promise();
        fleet = asked;
        for (int i = 0; i < 8; i++) {
            cycle(RATE, new Measured(RATE, 1.2 * promise.ttftMeanSeconds(), 0.02, 0));
        }
        var scores = new Scores(List.of(ignored, ledger.open().orElseThrow()));
        var median = scores.median(entry -> entry.asSaid().ttft().error());
        assertThat(median.of()).isEqualTo(1);
        assertThat(median.value().orElseThrow()).isCloseTo(0.2, within(1e-9));
    }
}
