package dev.ratematch.controller.ledger;

import dev.ratematch.controller.ledger.Scores.Median;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// How the promises of one service have come out. A recommendation is settled once the fleet was as
/// recommended for a whole window; what was promised is the forecast for the traffic that came.
///
/// @param sinceSeconds when the books were begun, on the host's clock
/// @param settled recommendations since then, the one that stands included
/// @param last settled one, which may still stand; null before the first
/// @param served median error of requests finished per second, of the latest settled ones
/// @param ttft the same of the mean TTFT
/// @param itl the same of the mean ITL
public record TrackRecord(
        double sinceSeconds,
        int settled,
        @Nullable Entry last,
        Median served,
        Median ttft,
        Median itl) {

    /// Of what is settled.
    ///
    /// @param latest the newest last
    static TrackRecord of(double sinceSeconds, int settled, Scores latest) {
        List<Entry> entries = latest.entries();
        return new TrackRecord(
                sinceSeconds,
                settled,
                entries.isEmpty() ? null : entries.getLast(),
                latest.median(entry -> entry.asItCame().served().error()),
                latest.median(entry -> entry.asItCame().ttft().error()),
                latest.median(entry -> entry.asItCame().itl().error()));
    }

    /// Error of the last settled one: above zero where more was measured than promised.
    public OptionalDouble servedError() {
        return last == null ? OptionalDouble.empty() : last.asItCame().served().error();
    }

    /// The same of the mean TTFT.
    public OptionalDouble ttftError() {
        return last == null ? OptionalDouble.empty() : last.asItCame().ttft().error();
    }

    /// The same of the mean ITL.
    public OptionalDouble itlError() {
        return last == null ? OptionalDouble.empty() : last.asItCame().itl().error();
    }
}
