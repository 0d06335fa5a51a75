package dev.ratematch.controller.replay;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.service.Service;
import org.jspecify.annotations.Nullable;

/// One cycle of a journal, decided again.
///
/// @param of whose it is, in a journal of several; else empty
/// @param line of the file, from 1
/// @param cycle as it is decided now
/// @param difference from what was recorded; null where there is none
public record Decided(
        String of, long line, Service service, Cycle cycle, @Nullable Difference difference) {}
