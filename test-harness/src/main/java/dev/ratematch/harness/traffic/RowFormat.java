package dev.ratematch.harness.traffic;

/// One family of trace files: turns a line into a row.
interface RowFormat {

    /// Name for reports.
    String name();

    /// What its arrivals are. Settled by the first row that was read.
    TimeAxis time();

    /// Adds the request of one line, which is not blank, to `rows`.
    ///
    /// @param number of the line, from 1
    /// @throws BadRow where the line is not a valid row; nothing has been added then
    void read(String line, long number, Rows rows) throws BadRow;

    /// Seconds within which arrivals are rounded to one instant; 0 where they are not.
    default int tickSeconds() {
        return 0;
    }

    /// Tokens that a prefix block usually has; 0 where the format has none.
    default int blockTokens() {
        return 0;
    }
}
