package dev.ratematch.experiments.findings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Rows under named columns.
///
/// @param title what the rows are
/// @param columns their names and units
/// @param rows as many values each as there are columns
public record Table(String title, List<Column> columns, List<List<Value>> rows) {

    /// One column.
    ///
    /// @param name what it holds
    /// @param unit of its figures; empty for words and for plain numbers
    /// @param decimals digits that are shown after the point
    public record Column(String name, String unit, int decimals) {

        /// Words, or plain numbers without a fraction.
        public static Column of(String name) {
            return new Column(name, "", 0);
        }

        /// As a heading.
        public String heading() {
            return unit.isEmpty() ? name : name + ", " + unit;
        }

        /// A value of it as people read it.
        public String shown(Value value) {
            return switch (value) {
                case Value.Figure(double figure) ->
                        String.format(Locale.ROOT, "%." + decimals + "f", figure);
                case Value.Words(String text) -> text;
                case Value.None() -> "-";
            };
        }
    }

    public Table {
        columns = List.copyOf(columns);
        var copies = new ArrayList<List<Value>>();
        for (var row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(
                        "A row of %s has %d values for %d columns."
                                .formatted(title, row.size(), columns.size()));
            }
            copies.add(List.copyOf(row));
        }
        rows = List.copyOf(copies);
    }
}
