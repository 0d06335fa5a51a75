package dev.ratematch.dashboards.view;

import static dev.ratematch.dashboards.view.Figures.known;

import dev.ratematch.controller.ledger.Compared;
import dev.ratematch.controller.ledger.Entry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What came of a recommendation: the forecast for the traffic that came against what was measured
/// once the fleet was as recommended.
///
/// @param fate followed, begun, ignored or unknown
/// @param reachedSeconds when every replica of it served; null if it never was
/// @param windows that it was measured over
/// @param served requests finished per second
/// @param ttft mean TTFT, seconds
/// @param itl mean ITL, seconds
/// @param lateShare share of the requests in windows over the promise, 0 to 1; null where unknown
public record EffectView(
        String fate,
        @Nullable Double reachedSeconds,
        int windows,
        Promised served,
        Promised ttft,
        Promised itl,
        @Nullable Double lateShare) {

    /// Promised against measured; null where there was nothing to compare.
    ///
    /// @param error measured over promised, less 1
    public record Promised(
            @Nullable Double promised, @Nullable Double measured, @Nullable Double error) {

        static Promised of(Compared compared) {
            return new Promised(
                    known(compared.promised()),
                    known(compared.measured()),
                    known(compared.error()));
        }
    }

    /// Of an entry of the ledger.
    public static EffectView of(Entry entry) {
        return new EffectView(
                entry.fate().name().toLowerCase(Locale.ROOT),
                entry.reachedSeconds(),
                entry.settled().windows(),
                Promised.of(entry.asItCame().served()),
                Promised.of(entry.asItCame().ttft()),
                Promised.of(entry.asItCame().itl()),
                known(entry.settled().lateShare()));
    }
}
