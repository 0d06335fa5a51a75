package dev.ratematch.cli.live;

/// How an answer is printed.
@SuppressWarnings("JavaCase")
enum Format {
    /// For people.
    text,
    /// One object a line.
    json
}
