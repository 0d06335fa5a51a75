package dev.ratematch.controller.ledger;

import dev.ratematch.controller.observe.Sizes;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// One recommendation and what came of it.
///
/// @param atSeconds when it was made
/// @param untilSeconds up to where it is booked: the next recommendation, or the last cycle seen
/// @param reachedSeconds when the fleet first was as recommended, every replica serving; null if it
///   never was
/// @param promise null where nothing was forecast, or by a build that differs from this one
/// @param asSaid what was promised for the traffic expected then, against the settled windows
/// @param asItCame the same forecast, made with what was known then for the traffic that came
/// @param ignored windows in which the fleet stayed commanded as before it
/// @param settled windows in which it was as recommended, from begin to end
/// @param steady settled windows without a backlog from before them, whose latency is compared
/// @param gpuHoursHeld by both pools
/// @param gpuHoursRecommended that the recommended pools would have held in the same time
public record Entry(
        double atSeconds,
        double untilSeconds,
        Sizes from,
        Sizes to,
        Fate fate,
        End end,
        @Nullable Double reachedSeconds,
        @Nullable Promise promise,
        Comparison asSaid,
        Comparison asItCame,
        Tally ignored,
        Tally settled,
        int steady,
        OptionalDouble gpuHoursHeld,
        OptionalDouble gpuHoursRecommended) {

    /// What was done about it.
    public enum Fate {
        /// The fleet came to be as recommended.
        FOLLOWED,
        /// It was commanded otherwise than before, and did not come to be as recommended.
        BEGUN,
        /// It stayed commanded as before.
        IGNORED,
        /// The fleet could not be counted.
        UNKNOWN
    }

    /// How it ended.
    public enum End {
        /// Another recommendation took its place.
        REPLACED,
        /// The fleet as it was came to be right again.
        WITHDRAWN,
        /// It was the last.
        OPEN
    }
}
