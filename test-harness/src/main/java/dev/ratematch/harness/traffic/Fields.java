package dev.ratematch.harness.traffic;

import java.util.ArrayList;
import java.util.List;

/// The fields of one comma-separated line, found by hand: a quarter of a million lines are read in
/// a fraction of a second. No format read here quotes its fields.
final class Fields {

    private final List<String> header;
    private final int[] starts;
    private final int[] ends;
    private String line = "";
    private int count;

    Fields(String headerLine) {
        header = split(headerLine);
        starts = new int[header.size()];
        ends = new int[header.size()];
    }

    /// Field names of a header line, trimmed.
    static List<String> split(String text) {
        var names = new ArrayList<String>();
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ',') {
                names.add(text.substring(from, i).strip());
                from = i + 1;
            }
        }
        return names;
    }

    /// Position of a column; -1 where the header lacks it.
    int column(String name) {
        return header.indexOf(name);
    }

    /// Takes the next line apart.
    void set(String text) throws BadRow {
        line = text;
        count = 0;
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ',') {
                if (count < starts.length) {
                    starts[count] = from;
                    ends[count] = i;
                }
                count++;
                from = i + 1;
            }
        }
        if (count != starts.length) {
            throw new BadRow(
                    count < starts.length ? header.get(count) : "the row",
                    text,
                    "must have %d fields (%s) and has %d."
                            .formatted(starts.length, String.join(",", header), count));
        }
    }

    String text(int column) {
        return line.substring(starts[column], ends[column]).strip();
    }

    /// A whole number of tokens, at least `minimum`.
    int tokens(int column, int minimum) throws BadRow {
        long value = 0;
        int digits = 0;
        for (int i = starts[column]; i < ends[column]; i++) {
            char c = line.charAt(i);
            if (c < '0' || c > '9' || digits > 10) {
                throw notTokens(column, minimum);
            }
            value = (value * 10) + (c - '0');
            digits++;
        }
        if (digits == 0 || value < minimum || value > Integer.MAX_VALUE) {
            throw notTokens(column, minimum);
        }
        return (int) value;
    }

    private BadRow notTokens(int column, int minimum) {
        return new BadRow(
                header.get(column),
                text(column),
                "must be a whole number of tokens, at least %d.".formatted(minimum));
    }

    /// A time of `unitNanos` each, decimals allowed.
    long nanos(int column, long unitNanos, String unit) throws BadRow {
        return decimalNanos(header.get(column), text(column), unitNanos, unit);
    }

    /// A plain decimal number of units, exact to the nanosecond.
    static long decimalNanos(String name, String text, long unitNanos, String unit) throws BadRow {
        long whole = 0;
        int i = 0;
        while (i < text.length() && isDigit(text.charAt(i)) && i < 12) {
            whole = (whole * 10) + (text.charAt(i) - '0');
            i++;
        }
        long nanos = whole * unitNanos;
        boolean good = i > 0 && whole <= 4_000_000_000L * (1_000_000_000L / unitNanos);
        if (i < text.length() && text.charAt(i) == '.') {
            i++;
            long place = unitNanos;
            while (i < text.length() && isDigit(text.charAt(i))) {
                place /= 10;
                nanos += place * (text.charAt(i) - '0');
                i++;
            }
        }
        if (!good || i != text.length()) {
            throw new BadRow(name, text, "must be a time in %s, at least 0.".formatted(unit));
        }
        return nanos;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
