package dev.ratematch.controller.replay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came out of a replay.
///
/// @param cycles that were decided again
/// @param skipped cycles that could not be, because what they go on from is lost
/// @param first difference; null where every cycle came out as recorded
/// @param notes what was wrong with the journal, each with its line
public record Replayed(long cycles, long skipped, @Nullable Difference first, List<String> notes) {

    public Replayed {
        notes = List.copyOf(notes);
    }

    /// Whether all that was decided again came out as recorded.
    public boolean identical() {
        return first == null;
    }
}
