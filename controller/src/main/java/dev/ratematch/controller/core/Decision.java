package dev.ratematch.controller.core;

import dev.ratematch.controller.guard.Reason;

/// What one cycle concluded, with the counts to command now.
public sealed interface Decision {

    /// In place of a count that has never been known: command nothing.
    int COUNT_UNKNOWN = -1;

    /// Prefill replicas to command now.
    int prefill();

    /// Decode replicas to command now.
    int decode();

    /// Why.
    Reason reason();

    /// The kind as JSON and metrics name it.
    default String label() {
        return switch (this) {
            case Hold _ -> "hold";
            case Resize _ -> "resize";
            case Fallback _ -> "fallback";
        };
    }

    /// Keep what is commanded.
    record Hold(int prefill, int decode, Reason reason) implements Decision {}

    /// Command these staged counts.
    record Resize(int prefill, int decode, Reason reason) implements Decision {}

    /// Telemetry cannot be trusted for so long that the operator's own counts apply.
    record Fallback(int prefill, int decode, Reason reason) implements Decision {}
}
