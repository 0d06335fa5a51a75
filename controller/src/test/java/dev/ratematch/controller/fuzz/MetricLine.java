package dev.ratematch.controller.fuzz;

import java.util.List;

/// The parts of a line of metrics text.
final class MetricLine {

    private MetricLine() {}

    /// A change of one line.
    interface Edit {
        String of(String line);
    }

    static void ofName(List<String> lines, int at, Edit edit) {
        String name = name(lines.get(at));
        lines.replaceAll(line -> name(line).equals(name) ? edit.of(line) : line);
    }

    static String name(String line) {
        int end = 0;
        while (end < line.length() && "{ \t".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        return line.substring(0, end);
    }

    static String value(String line) {
        return line.substring(line.lastIndexOf(' ') + 1);
    }

    static String withValue(String line, String value) {
        return line.startsWith("#") ? line : line.substring(0, line.lastIndexOf(' ') + 1) + value;
    }

    static String times(String value, double factor) {
        try {
            return String.valueOf(Double.parseDouble(value) * factor);
        } catch (NumberFormatException _) {
            return value;
        }
    }

    static String labelled(String line, String label) {
        int brace = line.indexOf('{');
        String name = name(line);
        return brace < 0
                ? "%s{%s}%s".formatted(name, label, line.substring(name.length()))
                : line.substring(0, brace + 1) + label + line.substring(brace + 1);
    }

    /// The next bucket from there on, or the line itself.
    static int bucket(List<String> lines, int at) {
        for (int i = at; i < lines.size(); i++) {
            if (lines.get(i).contains("_bucket")) {
                return i;
            }
        }
        return at;
    }
}
