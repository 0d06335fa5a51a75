package dev.ratematch.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The part of a document that a command writes, between two marks.
final class MarkedPart {

    private static final String BEGIN = "<!-- judge: begin -->";
    private static final String END = "<!-- judge: end -->";

    private MarkedPart() {}

    /// @throws IllegalArgumentException where the document has no such part
    static void check(Path document) throws IOException {
        String text = Files.readString(document);
        int begin = text.indexOf(BEGIN);
        if (begin < 0 || text.indexOf(END) < begin) {
            throw new IllegalArgumentException(
                    "--write (%s) must be a document with the marks %s and %s."
                            .formatted(document, BEGIN, END));
        }
    }

    /// Writes a report between the marks and leaves everything else.
    static void write(Path document, String report) throws IOException {
        String text = Files.readString(document);
        String before = text.substring(0, text.indexOf(BEGIN) + BEGIN.length());
        String after = text.substring(text.indexOf(END));
        Files.writeString(document, before + "\n" + report + after);
    }
}
