package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.ledger.Compared;
import dev.ratematch.controller.ledger.Comparison;
import dev.ratematch.controller.ledger.Entry;
import dev.ratematch.controller.ledger.Scores.Median;
import dev.ratematch.controller.ledger.Tally;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.k8s.api.RateMatcherStatus.SettledPromise;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/// A track record as a status.
class PromisedTest {

    private static final Median UNKNOWN = new Median(OptionalDouble.empty(), 0);

    @Test
    void theLastPromiseIsShownBesideWhatCameInItsUnits() {
        var entry =
                new Entry(
                        0,
                        300,
                        new Sizes(4, 1),
                        new Sizes(2, 4),
                        Entry.Fate.FOLLOWED,
                        Entry.End.OPEN,
                        60.0,
                        null,
                        Comparison.NONE,
                        new Comparison(
                                new Compared(120, 1.5, 79, 1),
                                new Compared(0.5, 1, 0.75, 1),
                                Compared.NONE),
                        Tally.NONE,
                        new Tally(8, 240, 800, 790, 800, 40),
                        8,
                        OptionalDouble.empty(),
                        OptionalDouble.empty());
        var status =
                Promised.of(
                        new TrackRecord(
                                -60,
                                3,
                                entry,
                                new Median(OptionalDouble.of(0.0321), 3),
                                UNKNOWN,
                                UNKNOWN),
                        null);

        assertThat(status.since()).isEqualTo("1969-12-31T23:59:00Z");
        assertThat(status.settled()).isEqualTo(3);
        assertThat(status.medianServedErrorPercent()).isEqualTo(3.2);
        assertThat(status.medianTtftErrorPercent()).isNull();
        assertThat(status.last())
                .isEqualTo(
                        new SettledPromise(
                                "2P4D",
                                "1970-01-01T00:00:00Z",
                                8,
                                80.0,
                                79.0,
                                500.0,
                                750.0,
                                null,
                                null,
                                5.0));
    }
}
