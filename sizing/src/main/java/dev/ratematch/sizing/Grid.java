package dev.ratematch.sizing;

import java.util.ArrayList;
import java.util.List;

/// A text table: the first column and those named text are left-aligned, numbers right-aligned.
public final class Grid {

    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final int textColumns;

    /// An empty table.
    ///
    /// @param textColumns leading columns that are text
    public Grid(int textColumns, String... header) {
        this.textColumns = textColumns;
        rows.add(List.of(header));
    }

    /// Adds a row as wide as the header.
    public void row(String... fields) {
        if (fields.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(
                    "fields (%d) must be %d.".formatted(fields.length, rows.getFirst().size()));
        }
        rows.add(List.of(fields));
    }

    /// The lines, each ended.
    public String text() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (var row : rows) {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        var text = new StringBuilder();
        for (var row : rows) {
            var line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String pad = " ".repeat(widths[c] - row.get(c).length());
                line.append(c == 0 ? "" : GAP)
                        .append(c < textColumns ? row.get(c) + pad : pad + row.get(c));
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }
}
