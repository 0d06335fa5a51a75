package dev.ratematch.controller.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.ledger.Entry.End;
import dev.ratematch.controller.ledger.Entry.Fate;
import dev.ratematch.controller.observe.Sizes;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is booked of one recommendation.
class LedgerTest extends LedgerScene {

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
        for (int i = 0; i < 3; i++) {
            cycle(RATE, new Measured(RATE / 2, 9, 0.02, 100));
        }
        var entry = ledger.open().orElseThrow();
        assertThat(entry.fate()).isEqualTo(Fate.IGNORED);
        assertThat(entry.asItCame().served().error()).isEmpty();
        assertThat(entry.asItCame().ttft().measured()).isEmpty();
        assertThat(entry.settled().lateShare()).isEmpty();
        assertThat(entry.ignored().windows()).isEqualTo(3);
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
