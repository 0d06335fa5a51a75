package dev.ratematch.costmodel.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One line of a [Table]. Cells that are empty or absent are unknown, never zero.
///
/// @param file for messages
/// @param columns names in the header, in lower case
/// @param cells as many as there are columns
/// @param line number in the file, its first line being 1
public record Row(String file, List<String> columns, List<String> cells, int line) {

    public Row {
        columns = List.copyOf(columns);
        cells = List.copyOf(cells);
    }

    /// Whether the row says something in that column.
    public boolean has(String column) {
        int i = columns.indexOf(column);
        return i >= 0 && !cells.get(i).isEmpty();
    }

    /// The text of a cell; empty when the column or its content is missing.
    public String text(String column) {
        int i = columns.indexOf(column);
        return i < 0 ? "" : cells.get(i);
    }

    /// The number in a cell; refused by file, line and column when there is none.
    public double number(String column) {
        try {
            double value = Double.parseDouble(text(column));
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw wrong(column, "must be a number", e);
        }
        throw wrong(column, "must be a finite number", null);
    }

    /// The number in a cell, or a default when the cell is empty.
    public double number(String column, double otherwise) {
        return has(column) ? number(column) : otherwise;
    }

    /// The number in a cell, which must be greater than 0.
    public double positive(String column) {
        double value = number(column);
        if (value > 0) {
            return value;
        }
        throw wrong(column, "must be greater than 0", null);
    }

    /// The whole number in a cell, which must be at least 1.
    public int count(String column) {
        double value = number(column);
        if (value < 1 || !whole(value)) {
            throw wrong(column, "must be a whole number of at least 1", null);
        }
        return (int) value;
    }

    /// The whole number in a cell, or a default when the cell is empty.
    public int whole(String column, int otherwise) {
        if (!has(column)) {
            return otherwise;
        }
        double value = number(column);
        if (!whole(value)) {
            throw wrong(column, "must be a whole number", null);
        }
        return (int) value;
    }

    private static boolean whole(double value) {
        return value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE;
    }

    /// A refusal that names file, line, column and value.
    ///
    /// @param rule what would be right, for example `must be a number`
    public IllegalArgumentException wrong(String column, String rule) {
        return wrong(column, rule, null);
    }

    private IllegalArgumentException wrong(String column, String rule, @Nullable Exception cause) {
        String text = text(column);
        return new IllegalArgumentException(
                "%s, line %d: %s (%s) %s."
                        .formatted(file, line, column, text.isEmpty() ? "empty" : text, rule),
                cause);
    }
}
