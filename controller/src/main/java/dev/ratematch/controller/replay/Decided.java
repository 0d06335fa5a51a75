package dev.ratematch.controller.replay;

import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.host.JournalEntry.Decider;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import org.jspecify.annotations.Nullable;

/// One cycle of a journal, decided again.
///
/// @param of whose it is, in a journal of several; else empty
/// @param line of the file, from 1
/// @param step as it is decided now
/// @param difference from what was recorded; null where there is none
public record Decided(
        String of,
        long line,
        Service service,
        Snapshot seen,
        Decider decider,
        @Nullable Interlock interlock,
        Step step,
        @Nullable Difference difference) {}
