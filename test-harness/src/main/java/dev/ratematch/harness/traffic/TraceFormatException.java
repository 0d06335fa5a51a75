package dev.ratematch.harness.traffic;

/// A trace that cannot be read. The message names file, line, column and value, and says what would
/// be right.
public final class TraceFormatException extends IllegalArgumentException {

    public TraceFormatException(String message) {
        super(message);
    }
}
