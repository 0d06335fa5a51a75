package dev.ratematch.harness.traffic;

/// What a format says of its arrivals.
///
/// @param column their name
/// @param unit what they usually count
/// @param certainty how sure that is
/// @param fromFirstRow whether the first row is the start of the trace, or the file counts from a
///   start of its own
record TimeAxis(String column, ClockUnit unit, Certainty certainty, boolean fromFirstRow) {

    enum Certainty {
        /// The format has that unit, but files of other units carry the same names.
        USUAL,
        /// The name of the column says it.
        NAMED,
        /// Dates and times of day.
        WALL
    }

    static TimeAxis usual(String column, ClockUnit unit) {
        return new TimeAxis(column, unit, Certainty.USUAL, true);
    }

    static TimeAxis wall(String column) {
        return new TimeAxis(column, ClockUnit.NANOSECONDS, Certainty.WALL, true);
    }
}
