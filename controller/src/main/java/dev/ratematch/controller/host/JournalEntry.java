package dev.ratematch.controller.host;

import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.Explanation;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one cycle saw and did.
///
/// @param atSeconds when, seconds on the host's clock
/// @param snapshotDigest 16 hex digits; equal snapshots have equal digests
/// @param snapshot what was seen
/// @param decision what was concluded
/// @param text why, one sentence for people
/// @param plan where it is going; absent when the cycle did not get as far
/// @param commandErrors what went wrong when the fleet was commanded
public record JournalEntry(
        double atSeconds,
        String snapshotDigest,
        Snapshot snapshot,
        Decision decision,
        String text,
        @Nullable Plan plan,
        List<String> commandErrors) {

    /// Version of the record's shape; it grows when a field changes its meaning or goes away.
    public static final int VERSION = 1;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    public JournalEntry {
        commandErrors = List.copyOf(commandErrors);
    }

    /// The record of a cycle.
    public static JournalEntry of(
            Snapshot snapshot,
            Decision decision,
            Explanation explanation,
            List<String> commandErrors) {
        return new JournalEntry(
                snapshot.atSeconds(),
                digest(snapshot),
                snapshot,
                decision,
                explanation.text(),
                explanation.plan(),
                commandErrors);
    }

    /// FNV-1a over the snapshot's text: all of it is records, so the text is the value.
    static String digest(Snapshot snapshot) {
        long hash = FNV_OFFSET;
        for (byte b : snapshot.toString().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return "%016x".formatted(hash);
    }
}
