package dev.ratematch.cli.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Comma-separated text with a header. Spaces around fields, CRLF, a byte-order mark, empty lines
/// and quoted fields are tolerated; columns may come in any order, and those nobody asked for are
/// ignored.
public final class Csv {

    /// Far above any sensible file, below what would fill the memory.
    static final int MAX_ROWS = 1_000_000;

    private final String source;
    private final List<String> header;
    private final List<Row> rows;

    /// One line of data.
    ///
    /// @param line 1-based line of the file
    public record Row(int line, List<String> fields) {

        public Row {
            fields = List.copyOf(fields);
        }
    }

    private Csv(String source, List<String> header, List<Row> rows) {
        this.source = source;
        this.header = header;
        this.rows = rows;
    }

    /// Reads text.
    ///
    /// @param source what to call it in messages
    public static Csv parse(String source, String text) {
        List<String> header = List.of();
        var rows = new ArrayList<Row>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String bare = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
            if (bare.isBlank()) {
                continue;
            }
            var fields = split(bare);
            if (header.isEmpty()) {
                header = fields.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
                continue;
            }
            if (fields.size() != header.size()) {
                throw new IllegalArgumentException(
                        "%s, line %d: %d fields where the header has %d."
                                .formatted(source, number, fields.size(), header.size()));
            }
            if (rows.size() == MAX_ROWS) {
                throw new IllegalArgumentException(
                        "%s has more than %d rows.".formatted(source, MAX_ROWS));
            }
            rows.add(new Row(number, fields));
        }
        if (header.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s is empty; its first line must name the columns.".formatted(source));
        }
        return new Csv(source, header, rows);
    }

    private static List<String> split(String line) {
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                    field.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                fields.add(field.toString().strip());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString().strip());
        return fields;
    }

    /// The data.
    public List<Row> rows() {
        return rows;
    }

    /// What it is called in messages.
    public String source() {
        return source;
    }

    /// Where a column is. A missing one is refused with all that are needed.
    ///
    /// @param needed the header that would be right
    public int column(String name, String needed) {
        int index = header.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "%s has no column \"%s\"; its header is \"%s\" and must have %s."
                            .formatted(source, name, String.join(",", header), needed));
        }
        return index;
    }

    /// A finite number above 0, or the reason why not.
    public double positive(Row row, int column) {
        String text = row.fields().get(column);
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && value < Double.POSITIVE_INFINITY) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw wrong(row, column, "must be a number greater than 0", e);
        }
        throw wrong(row, column, "must be finite and greater than 0", null);
    }

    /// A whole number of at least 1, or the reason why not.
    public int whole(Row row, int column) {
        double value = positive(row, column);
        if (value != Math.rint(value) || value > Integer.MAX_VALUE) {
            throw wrong(row, column, "must be a whole number of at least 1", null);
        }
        return (int) value;
    }

    /// A refusal that names line, column and value.
    public IllegalArgumentException wrong(
            Row row, int column, String rule, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "%s, line %d: %s (%s) %s."
                        .formatted(
                                source,
                                row.line(),
                                header.get(column),
                                row.fields().get(column),
                                rule),
                cause);
    }
}
