package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Check;

/// A named stretch of a trace, half open: `[fromNanos, toNanos)`.
///
/// @param name what kind of traffic it is, for reports
/// @param fromNanos start, virtual nanoseconds from the start of the trace
/// @param toNanos end, virtual nanoseconds; greater than the start
public record Segment(String name, long fromNanos, long toNanos) {

    public Segment {
        Check.atLeast("fromNanos", fromNanos, 0);
        Check.atLeast("toNanos", toNanos, fromNanos + 1);
    }

    /// Whether an instant is inside.
    public boolean contains(long atNanos) {
        return atNanos >= fromNanos && atNanos < toNanos;
    }

    /// Length, seconds.
    public double seconds() {
        return (double) (toNanos - fromNanos) / 1e9;
    }
}
