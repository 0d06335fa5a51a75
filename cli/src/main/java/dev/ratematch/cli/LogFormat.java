package dev.ratematch.cli;

/// How a line of the log looks.
enum LogFormat {
    text,
    json
}
