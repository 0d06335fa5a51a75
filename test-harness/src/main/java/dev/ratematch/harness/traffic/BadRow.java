package dev.ratematch.harness.traffic;

/// What is wrong with one row. [TraceReader] adds file and line, or counts it.
final class BadRow extends Exception {

    /// @param column the column or key at fault
    /// @param value what stands there
    /// @param right what would be right, a verb phrase: `must be …`
    BadRow(String column, String value, String right) {
        // No stack: with bad rows skipped there may be millions of these.
        super("%s (%s) %s".formatted(column, shown(value), right), null, false, false);
    }

    private static String shown(String value) {
        return value.length() <= 60 ? value : value.substring(0, 60) + "…";
    }
}
