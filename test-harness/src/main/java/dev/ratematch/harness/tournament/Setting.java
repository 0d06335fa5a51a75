package dev.ratematch.harness.tournament;

import dev.ratematch.controller.spec.Tuning;
import java.nio.file.Path;

/// What a run of the judge is told.
///
/// @param traces folder of recorded traces
/// @param law options of our control law
/// @param effort timetables that the oracle tries while climbing
/// @param workers scenarios at a time
public record Setting(Path traces, Tuning law, int effort, int workers) {

    /// The same under another law.
    public Setting with(Tuning other) {
        return new Setting(traces, other, effort, workers);
    }
}
