package dev.ratematch.costmodel.table;

import java.util.Collections;
import java.util.List;

/// A table with a header, held in memory.
///
/// @param name for messages
/// @param columns names in the header, in lower case
/// @param rows one a data line, as long as the header
public record Table(String name, List<String> columns, List<Row> rows) {

    public Table {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /// Refuses a table that lacks one of the columns or has it twice.
    public Table requiring(List<String> needed) {
        for (String column : needed) {
            int count = Collections.frequency(columns, column);
            if (count != 1) {
                throw new IllegalArgumentException(
                        "%s has %s column \"%s\"; its header is \"%s\" and must have %s."
                                .formatted(
                                        name,
                                        count == 0 ? "no" : "more than one",
                                        column,
                                        String.join(",", columns),
                                        String.join(",", needed)));
            }
        }
        return this;
    }
}
