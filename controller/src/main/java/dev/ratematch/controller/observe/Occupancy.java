package dev.ratematch.controller.observe;

import dev.ratematch.costmodel.units.Check;

/// Sequences in execution over a window, which one look at its end tells little of.
///
/// @param mean over the time of the window
/// @param looks moments at which they were counted, at least 1
public record Occupancy(Reading mean, int looks) {

    public Occupancy {
        Check.positive("looks", looks);
    }

    /// As one look says it.
    public static Occupancy once(Reading seen) {
        return new Occupancy(seen, 1);
    }
}
