package dev.ratematch.controller.replay;

/// A file that is no journal of this version; the message names the line and says what is right.
public final class NotAJournalException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    NotAJournalException(long line, String what) {
        super("line %d: %s".formatted(line, what));
    }
}
