package dev.ratematch.controller.host;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Interlock;
import org.jspecify.annotations.Nullable;

/// What a host says of one cycle.
///
/// @param conduct what becomes of its counts
/// @param interlock why nothing may change at present; null for nothing
public record Orders(Conduct conduct, @Nullable Interlock interlock) {

    /// The counts are commanded, and nothing stands in the way.
    public static final Orders CONTROL = new Orders(Conduct.CONTROL, null);

    /// Somebody else may carry the counts out.
    public static final Orders ADVICE = new Orders(Conduct.ADVICE, null);

    /// The counts are of the past.
    public static final Orders BACKFILL = new Orders(Conduct.BACKFILL, null);
}
