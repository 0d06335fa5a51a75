package dev.ratematch.controller.guard;

import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the guards before the plan look at.
///
/// @param commanded replicas that are commanded at present
/// @param windows usable ones, this cycle's included where it is one, newest last
/// @param lastSeenSeconds when the snapshot before was taken; null before the first
/// @param heardSeconds when the sources had been heard before this snapshot
public record Look(
        Snapshot snapshot,
        Counts commanded,
        List<Window> windows,
        @Nullable Double lastSeenSeconds,
        @Nullable Double heardSeconds) {

    /// Whether the newest window tells what this look does.
    boolean fresh() {
        return Freshness.current(snapshot, windows, heardSeconds);
    }
}
