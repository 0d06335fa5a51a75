package dev.ratematch.harness.traffic;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// The fields of one comma-separated line, found by hand: a quarter of a million lines are read in
/// a fraction of a second. A field may stand in quotes, but no format read here has a comma in one.
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
                names.add(unquoted(text.substring(from, i)));
                from = i + 1;
            }
        }
        return names;
    }

    /// Position of a column, in capitals or not; -1 where the header lacks it.
    int column(String name) {
        for (int i = 0; i < header.size(); i++) {
            if (header.get(i).equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    private static String unquoted(String text) {
        String plain = text.strip();
        boolean quoted = plain.length() >= 2 && plain.startsWith("\"") && plain.endsWith("\"");
        return quoted ? plain.substring(1, plain.length() - 1).strip() : plain;
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
        return unquoted(line.substring(starts[column], ends[column]));
    }

    /// A whole number of tokens, at least `minimum`.
    int tokens(int column, int minimum) throws BadRow {
        return tokens(header.get(column), text(column), minimum);
    }

    /// A whole number of tokens, at least `minimum`, as `100`, `100.0` or `1e2`.
    static int tokens(String name, String text, int minimum) throws BadRow {
        var value = Stamp.number(text).orElse(BigDecimal.ONE.negate());
        try {
            if (value.compareTo(BigDecimal.valueOf(minimum)) >= 0) {
                return value.intValueExact();
            }
        } catch (ArithmeticException e) {
            // Not whole, or too large: the same refusal.
        }
        throw new BadRow(
                name, text, "must be a whole number of tokens, at least %d.".formatted(minimum));
    }

    /// A time, in whatever unit the file has.
    Stamp stamp(int column) throws BadRow {
        return Stamp.parse(header.get(column), text(column));
    }
}
