package dev.ratematch.cli.model;

import dev.ratematch.sizing.table.Row;
import java.util.List;

/// Answers the rows of a table, one line each.
interface Prediction {

    /// Columns of the answer, besides `id` in front and `refused` behind.
    List<String> columns();

    /// The cells of one row's answer. A row that cannot be answered throws an
    /// [IllegalArgumentException] with the reason.
    List<String> answer(Row row);
}
