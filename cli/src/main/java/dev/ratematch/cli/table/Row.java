package dev.ratematch.cli.table;

import java.util.List;

/// One line of a [Table]. Cells that are empty or absent are unknown, never zero.
public final class Row {

    private final String file;
    private final List<String> columns;
    private final String[] cells;
    private final int line;

    Row(String file, List<String> columns, String[] cells, int line) {
        this.file = file;
        this.columns = columns;
        this.cells = cells;
        this.line = line;
    }

    /// Line number in the file, the header being 1.
    public int line() {
        return line;
    }

    /// Whether the row says something in that column.
    public boolean has(String column) {
        int i = columns.indexOf(column);
        return i >= 0 && !cells[i].isEmpty();
    }

    /// The text of a cell; empty when the column or its content is missing.
    public String text(String column) {
        int i = columns.indexOf(column);
        return i < 0 ? "" : cells[i];
    }

    /// The number in a cell; refused by file, line and column when there is none.
    public double number(String column) {
        String text = text(column);
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw refusal(column, text, e);
        }
        throw refusal(column, text, null);
    }

    /// The number in a cell, or a default when the cell is empty.
    public double number(String column, double otherwise) {
        return has(column) ? number(column) : otherwise;
    }

    /// The whole number in a cell, or a default when the cell is empty.
    public int whole(String column, int otherwise) {
        if (!has(column)) {
            return otherwise;
        }
        double value = number(column);
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw refusal(column, text(column), null);
        }
        return (int) value;
    }

    private IllegalArgumentException refusal(
            String column, String text, @org.jspecify.annotations.Nullable Exception cause) {
        return new IllegalArgumentException(
                "%s, line %d: %s (%s) must be a number."
                        .formatted(file, line, column, text.isEmpty() ? "empty" : text),
                cause);
    }
}
