package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.table.Row;
import java.util.ArrayList;
import java.util.List;

/// Answers the rows of a table, one line each.
public interface Prediction {

    /// Columns of the answer, besides `id` in front and `refused` behind.
    List<String> columns();

    /// The cells of one row's answer. A row that cannot be answered throws an
    /// [IllegalArgumentException] with the reason.
    List<String> answer(Row row);

    /// Names of all columns.
    ///
    /// @param named whether rows have an `id`
    default List<String> header(boolean named) {
        var header = new ArrayList<String>();
        if (named) {
            header.add("id");
        }
        header.addAll(columns());
        header.add("refused");
        return header;
    }

    /// The cells of one row, the last of which says why it has no answer; empty when it has one.
    ///
    /// @param named whether rows have an `id`
    default List<String> line(Row row, boolean named) {
        var line = new ArrayList<String>();
        if (named) {
            line.add(row.text("id"));
        }
        try {
            line.addAll(answer(row));
            line.add("");
        } catch (IllegalArgumentException e) {
            for (int i = 0; i < columns().size(); i++) {
                line.add("");
            }
            line.add(String.valueOf(e.getMessage()));
        }
        return line;
    }

    /// The cells of many rows, in order. Rows are independent of one another, so that the cores
    /// share them.
    ///
    /// @param named whether rows have an `id`
    default List<List<String>> lines(List<Row> rows, boolean named) {
        return rows.parallelStream().map(row -> line(row, named)).toList();
    }
}
