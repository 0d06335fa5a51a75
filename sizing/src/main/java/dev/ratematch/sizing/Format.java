package dev.ratematch.sizing;

/// How a plan is printed.
@SuppressWarnings("JavaCase")
public enum Format {
    /// For people.
    table,
    /// One object.
    json,
    /// One row per worker.
    csv
}
