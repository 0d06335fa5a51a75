package dev.ratematch.controller.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The part of a line that names its series.
final class SeriesText {

    private SeriesText() {}

    /// Where the metric name that begins at `start` ends.
    static int nameEnd(String body, int start, int stop) {
        int i = start;
        while (i < stop && nameChar(body.charAt(i), i > start, true)) {
            i++;
        }
        if (i == start) {
            throw new BadLine(
                    "a metric name cannot begin with \"%s\"".formatted(body.charAt(start)));
        }
        if (i < stop && body.charAt(i) != '{' && body.charAt(i) != ' ' && body.charAt(i) != '\t') {
            throw new BadLine("a metric name cannot hold \"%s\"".formatted(body.charAt(i)));
        }
        return i;
    }

    private static boolean nameChar(char c, boolean inside, boolean colon) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || c == '_'
                || (colon && c == ':')
                || (inside && c >= '0' && c <= '9');
    }

    /// Where the labels that begin at `brace` end: one behind the closing brace.
    static int labelsEnd(String body, int brace, int stop) {
        boolean quoted = false;
        for (int i = brace + 1; i < stop; i++) {
            char c = body.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '}' && !quoted) {
                return i + 1;
            }
        }
        throw new BadLine(
                quoted
                        ? "a label value is not closed by a quotation mark"
                        : "the labels are not closed by \"}\"");
    }

    /// Names and values in turn, sorted by name, of the labels in `[brace, end)`.
    static String[] labels(String body, int brace, int end) {
        var sorted = new TreeMap<String, String>();
        int i = ExpositionParser.blanks(body, brace + 1, end);
        while (body.charAt(i) != '}') {
            int nameFrom = i;
            while (i < end && nameChar(body.charAt(i), i > nameFrom, false)) {
                i++;
            }
            String name = body.substring(nameFrom, i);
            i = ExpositionParser.blanks(body, i, end);
            if (name.isEmpty() || body.charAt(i) != '=') {
                throw new BadLine("a label must read name=\"value\"");
            }
            i = ExpositionParser.blanks(body, i + 1, end);
            if (body.charAt(i) != '"') {
                throw new BadLine("the value of label %s is not quoted".formatted(name));
            }
            int valueFrom = i + 1;
            i = valueFrom;
            boolean escaped = false;
            while (body.charAt(i) != '"') {
                escaped |= body.charAt(i) == '\\';
                i += body.charAt(i) == '\\' ? 2 : 1;
            }
            String raw = body.substring(valueFrom, i);
            if (sorted.put(name, escaped ? unescape(raw) : raw) != null) {
                throw new BadLine("label %s occurs twice".formatted(name));
            }
            i = ExpositionParser.blanks(body, i + 1, end);
            if (body.charAt(i) == ',') {
                i = ExpositionParser.blanks(body, i + 1, end);
            } else if (body.charAt(i) != '}') {
                throw new BadLine("labels must be separated by commas");
            }
        }
        return flat(sorted);
    }

    static String[] flat(Map<String, String> sorted) {
        List<String> flat = new ArrayList<>();
        sorted.forEach(
                (name, value) -> {
                    flat.add(name);
                    flat.add(value);
                });
        return flat.toArray(String[]::new);
    }

    /// Resolves `\\`, `\"` and `\n`; any other escape stays as it is, as scrapers do.
    static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        var out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : 0;
            switch (next) {
                case '\\', '"' -> out.append(next);
                case 'n' -> out.append('\n');
                default -> out.append(c);
            }
            i += next == '\\' || next == '"' || next == 'n' ? 1 : 0;
        }
        return out.toString();
    }
}
