package dev.ratematch.controller.host;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.observe.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/// One cycle, and what came of commanding it.
///
/// @param commandErrors what went wrong when the fleet was commanded
/// @param next what the next cycle goes on from
public record JournalEntry(Cycle cycle, List<String> commandErrors, State next) {

    /// Version of the record's shape; it grows when a field changes its meaning or goes away.
    public static final int VERSION = 3;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    public JournalEntry {
        commandErrors = List.copyOf(commandErrors);
    }

    /// 16 hex digits; equal snapshots have equal digests.
    public String digest() {
        return digest(cycle.snapshot());
    }

    /// FNV-1a over the snapshot's text: all of it is records, so the text is the value.
    static String digest(Snapshot snapshot) {
        long hash = FNV_OFFSET;
        for (byte b : snapshot.toString().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return HexFormat.of().toHexDigits(hash);
    }
}
