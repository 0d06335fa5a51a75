package dev.ratematch.controller.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One change of metrics text, by its grammar: lines of a name, labels, a value, and what may
/// follow it.
enum TextChange {
    DROP_LINES {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            lines.subList(at, Math.min(lines.size(), at + 1 + dice.below(20))).clear();
        }
    },
    DUPLICATE_LINES {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            lines.addAll(at, List.copyOf(lines.subList(at, Math.min(lines.size(), at + 12))));
        }
    },
    SWAP_LINES {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            for (int i = dice.below(40); i >= 0; i--) {
                int other = dice.below(lines.size());
                String kept = lines.get(other);
                lines.set(other, lines.get(at));
                lines.set(at, kept);
            }
        }
    },
    ODD_VALUE {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            lines.set(at, MetricLine.withValue(lines.get(at), dice.oddNumber()));
        }
    },
    /// All values of one name.
    ODD_FAMILY {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            String value = dice.oddNumber();
            MetricLine.ofName(lines, at, line -> MetricLine.withValue(line, value));
        }
    },
    /// A counter that goes back, or a leap.
    SCALED_FAMILY {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            double factor = dice.factor();
            MetricLine.ofName(
                    lines,
                    at,
                    line ->
                            MetricLine.withValue(
                                    line, MetricLine.times(MetricLine.value(line), factor)));
        }
    },
    ODD_TIMESTAMP {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            lines.set(at, lines.get(at) + " " + dice.oddNumber());
        }
    },
    EXEMPLAR {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            String value = dice.oneIn(2) ? "0.4" : dice.oddNumber();
            lines.set(
                    at,
                    "%s # {trace_id=\"%s\"} %s".formatted(lines.get(at), dice.oddText(), value));
        }
    },
    ODD_LABEL {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            lines.set(
                    at,
                    MetricLine.labelled(
                            lines.get(at),
                            "%s=\"%s\",".formatted(dice.any(LABELS), dice.oddText())));
        }
    },
    LONG_LABEL {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            String escaped = dice.any(List.of("x", "\\\\", "\\\"", "\\n", "\u00e9"));
            lines.set(
                    at,
                    MetricLine.labelled(
                            lines.get(at),
                            "long=\"%s\",".formatted(escaped.repeat(dice.below(100_000)))));
        }
    },
    DROP_LABELS {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            MetricLine.ofName(lines, at, line -> line.replaceFirst("\\{[^}]*}", dice.any(BRACES)));
        }
    },
    ODD_BOUND {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            String bound = dice.oddNumber();
            int from = MetricLine.bucket(lines, at);
            lines.set(from, lines.get(from).replaceFirst("le=\"[^\"]*\"", "le=\"" + bound + "\""));
        }
    },
    NO_INFINITE_BOUND {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            String name = MetricLine.name(lines.get(MetricLine.bucket(lines, at)));
            lines.removeIf(line -> line.contains("\"+Inf\"") && MetricLine.name(line).equals(name));
        }
    },
    UNORDERED_BUCKETS {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            int from = MetricLine.bucket(lines, at);
            int to = Math.min(lines.size(), from + 2 + dice.below(15));
            var part = new ArrayList<>(lines.subList(from, to));
            lines.subList(from, to).clear();
            lines.addAll(from, part.reversed());
        }
    },
    FALLING_BUCKETS {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            MetricLine.ofName(
                    lines,
                    MetricLine.bucket(lines, at),
                    line -> MetricLine.withValue(line, String.valueOf(dice.below(1000))));
        }
    },
    TYPE_LIE {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            lines.add(
                    at, "# TYPE %s %s".formatted(MetricLine.name(lines.get(at)), dice.any(TYPES)));
        }
    },
    HELP_LIE {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            lines.add(at, "# HELP %s %s".formatted(MetricLine.name(lines.get(at)), dice.oddText()));
        }
    },
    ODD_COMMENT {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            lines.add(
                    at,
                    dice.any(List.of("#", "# EOF", "#EOF", "# TYPE", "# UNIT a b", "# HELP a")));
        }
    },
    ODD_NAME {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            String name = MetricLine.name(lines.get(at));
            String other =
                    dice.oneIn(2)
                            ? MetricLine.name(lines.get(dice.below(lines.size())))
                            : dice.oddText();
            MetricLine.ofName(lines, at, line -> other + line.substring(name.length()));
        }
    },
    ODD_LINE {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            lines.add(at, dice.oddText() + " " + dice.oddNumber());
        }
    },
    MANY_SERIES {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            String line = lines.get(at);
            int many = Math.min(100 << dice.below(6), 2_000_000 / (1 + line.length()));
            var more = new ArrayList<String>();
            for (int i = 0; i < many; i++) {
                more.add(MetricLine.labelled(line, "n=\"%d\",".formatted(i)));
            }
            lines.addAll(at, more);
        }
    },
    BLANKS {
        @Override
        void on(List<String> lines, int at, Dice dice) {
            String blank = dice.any(List.of("\t", " \t ", "\r", "\r\n", "\u00a0", "\n\n\n"));
            lines.set(at, blank + lines.get(at).replace(" ", blank) + blank);
        }
    };

    private static final List<String> LABELS =
            List.of(
                    "engine",
                    "model_name",
                    "model",
                    "le",
                    "a",
                    "",
                    "9",
                    "\u00e9",
                    "__name__",
                    "pod");
    private static final List<String> TYPES =
            List.of(
                    "counter",
                    "gauge",
                    "histogram",
                    "summary",
                    "untyped",
                    "unknown",
                    "",
                    "float",
                    "info");
    private static final List<String> BRACES = List.of("", "{}", "{,}", "{", "}", "{=}", "{\"a\"}");

    /// The change itself; there is at least one line.
    ///
    /// @param at a line
    abstract void on(List<String> lines, int at, Dice dice);

    /// Changes a text in some ways.
    static String some(String text, Dice dice) {
        var lines = new ArrayList<>(text.lines().toList());
        for (int i = dice.below(4); i >= 0 && !lines.isEmpty(); i--) {
            var change = dice.any(List.of(values()));
            int at = dice.below(lines.size());
            dice.note(
                    "%s at line %d (%s)"
                            .formatted(
                                    change.name().toLowerCase(Locale.ROOT),
                                    at + 1,
                                    MetricLine.name(lines.get(at))));
            change.on(lines, at, dice);
        }
        return String.join("\n", lines) + "\n";
    }
}
