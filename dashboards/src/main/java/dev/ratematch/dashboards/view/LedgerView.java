package dev.ratematch.dashboards.view;

import static dev.ratematch.dashboards.view.Figures.known;

import dev.ratematch.controller.ledger.Scores.Median;
import dev.ratematch.controller.ledger.TrackRecord;
import org.jspecify.annotations.Nullable;

/// How promises have come out since the books were begun.
///
/// @param settled recommendations whose effect was measured
/// @param served median error of requests finished per second
/// @param ttft the same of the mean TTFT
/// @param itl the same of the mean ITL
/// @param last the newest that is settled; null before the first
/// @param lastAtSeconds when that was recommended
public record LedgerView(
        double sinceSeconds,
        int settled,
        MedianError served,
        MedianError ttft,
        MedianError itl,
        @Nullable EffectView last,
        @Nullable Double lastAtSeconds) {

    /// A median of absolute relative errors, and how many it is of.
    public record MedianError(@Nullable Double median, int of) {

        static MedianError of(Median median) {
            return new MedianError(known(median.value()), median.of());
        }
    }

    /// Of a track record.
    static LedgerView of(TrackRecord record) {
        var last = record.last();
        return new LedgerView(
                record.sinceSeconds(),
                record.settled(),
                MedianError.of(record.served()),
                MedianError.of(record.ttft()),
                MedianError.of(record.itl()),
                last == null ? null : EffectView.of(last),
                last == null ? null : last.atSeconds());
    }
}
