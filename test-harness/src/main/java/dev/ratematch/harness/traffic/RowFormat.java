package dev.ratematch.harness.traffic;

/// One family of trace files: turns a line into a row.
interface RowFormat {

    /// Name for reports.
    String name();

    /// Adds the request of one line, which is not blank, to `rows`.
    ///
    /// @throws BadRow where the line is not a valid row; nothing has been added then
    void read(String line, Rows rows) throws BadRow;

    /// Seconds within which arrivals are rounded to one instant; 0 where they are not.
    default int tickSeconds() {
        return 0;
    }

    /// Whether the first row is the start of the trace, or the file counts from a start of its own.
    default boolean startsAtFirstRow() {
        return true;
    }
}
