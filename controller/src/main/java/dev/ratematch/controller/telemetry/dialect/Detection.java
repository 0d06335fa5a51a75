package dev.ratematch.controller.telemetry.dialect;

import java.util.List;

/// Which dialects a pod speaks, and how that was found.
///
/// @param dialects the engine's first; empty when none is known
/// @param reason for people
public record Detection(List<Dialect> dialects, String reason) {

    public Detection {
        dialects = List.copyOf(dialects);
    }

    /// Whether anything can be read.
    public boolean known() {
        return !dialects.isEmpty();
    }
}
