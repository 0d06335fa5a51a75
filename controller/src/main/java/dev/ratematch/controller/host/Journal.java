package dev.ratematch.controller.host;

/// Keeps a record of every cycle.
@FunctionalInterface
public interface Journal {

    /// Adds the record of one cycle.
    void append(JournalEntry entry);
}
