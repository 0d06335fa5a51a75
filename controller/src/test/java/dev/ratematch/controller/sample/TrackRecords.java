package dev.ratematch.controller.sample;

import dev.ratematch.controller.ledger.Compared;
import dev.ratematch.controller.ledger.Comparison;
import dev.ratematch.controller.ledger.Entry;
import dev.ratematch.controller.ledger.Scores.Median;
import dev.ratematch.controller.ledger.Tally;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.controller.observe.Sizes;
import java.util.OptionalDouble;

/// How promises may have come out.
public final class TrackRecords {

    /// Of three settled recommendations, the last of which finished a tenth less than promised.
    public static final TrackRecord THREE =
            new TrackRecord(
                    0,
                    3,
                    settled(new Compared(10, 1, 9, 1)),
                    new Median(OptionalDouble.of(0.05), 3),
                    new Median(OptionalDouble.of(0.5), 3),
                    new Median(OptionalDouble.of(0.02), 3));

    /// Before the first is settled.
    public static final TrackRecord NONE =
            new TrackRecord(
                    0,
                    0,
                    null,
                    new Median(OptionalDouble.empty(), 0),
                    new Median(OptionalDouble.empty(), 0),
                    new Median(OptionalDouble.empty(), 0));

    private static Entry settled(Compared served) {
        return new Entry(
                0,
                300,
                new Sizes(1, 1),
                new Sizes(2, 2),
                Entry.Fate.FOLLOWED,
                Entry.End.OPEN,
                60.0,
                null,
                Comparison.NONE,
                new Comparison(served, new Compared(1, 1, 2, 1), new Compared(4, 1, 5, 1)),
                Tally.NONE,
                Tally.NONE,
                8,
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    private TrackRecords() {}
}
