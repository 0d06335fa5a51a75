package dev.ratematch.controller.core;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Sizes;

/// What one cycle concluded, with the counts to command now.
public sealed interface Decision {

    /// Replicas to command now; what has never been known is not to be commanded.
    Counts counts();

    /// Why.
    Reason reason();

    /// The kind as JSON and metrics name it.
    default String label() {
        return switch (this) {
            case Hold _ -> "hold";
            case Resize _ -> "resize";
        };
    }

    /// Keep what is commanded.
    record Hold(Counts counts, Reason reason) implements Decision {}

    /// Command these staged counts.
    record Resize(Sizes sizes, Reason reason) implements Decision {

        @Override
        public Counts counts() {
            return Counts.of(sizes);
        }
    }
}
