package dev.ratematch.costmodel.table;

import java.util.ArrayList;
import java.util.List;

/// Tables for tests, from text without quotes.
public final class Tables {

    private Tables() {}

    /// A table named `t.csv`; the first line names the columns.
    public static Table of(String text) {
        return of("t.csv", text.lines().toList());
    }

    /// A table of lines, the first of which names the columns.
    public static Table of(String name, List<String> lines) {
        var columns = List.of(lines.getFirst().split(",", -1));
        var rows = new ArrayList<Row>();
        for (int i = 1; i < lines.size(); i++) {
            rows.add(new Row(name, columns, List.of(lines.get(i).split(",", -1)), i + 1));
        }
        return new Table(name, columns, rows);
    }
}
