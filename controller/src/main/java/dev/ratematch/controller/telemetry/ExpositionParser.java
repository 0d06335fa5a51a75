package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.telemetry.dialect.Catalogue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A parser that remembers the series it has met: a series seen before costs one comparison of
/// text, and mostly the first guess is right, because bodies repeat their order. Confined to one
/// thread.
public final class ExpositionParser {

    /// A process that invents label values without end must not fill the memory.
    private static final int REMEMBERED_SERIES = 200_000;

    private final Predicate<String> keep;
    private final Predicate<String> counters;
    private final boolean comments;
    private final Map<String, Known> known = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private Known head = new Known("", null, false);

    private Series[] series = new Series[256];
    private double[] values = new double[256];
    private double @Nullable [] timestamps;
    private int size;

    /// Text of a series as it stands in the body, and what became of it.
    private static final class Known {
        final String text;
        final @Nullable Series series;
        final boolean bare;
        @Nullable Known next;

        Known(String text, @Nullable Series series, boolean bare) {
            this.text = text;
            this.series = series;
            this.bare = bare;
        }
    }

    private ExpositionParser(Predicate<String> keep, Predicate<String> counters, boolean comments) {
        this.keep = keep;
        this.counters = counters;
        this.comments = comments;
    }

    /// A parser that keeps all samples and the comments.
    public static ExpositionParser everything() {
        return new ExpositionParser(_ -> true, _ -> false, true);
    }

    /// A parser that keeps only samples whose name, suffix included, passes, and no comments.
    ///
    /// @param names must answer the same for the same name every time
    public static ExpositionParser keeping(Predicate<String> names) {
        return new ExpositionParser(names, _ -> false, false);
    }

    /// A parser that keeps only what the catalogue reads.
    public static ExpositionParser reading(Catalogue catalogue) {
        return new ExpositionParser(catalogue::reads, catalogue::counter, false);
    }

    /// One body.
    ///
    /// @throws ExpositionException when it is something else, or a line cannot be read
    public Scrape parse(String body) {
        Refusal.check(body);
        size = 0;
        timestamps = null;
        if (known.size() > REMEMBERED_SERIES) {
            known.clear();
            head = new Known("", null, false);
        }
        var families = new LinkedHashMap<String, MetricFamily>();
        var previous = head;
        boolean ended = false;
        int lineNumber = 0;
        int at = body.startsWith("\ufeff") ? 1 : 0;
        while (at < body.length()) {
            lineNumber++;
            int end = body.indexOf('\n', at);
            end = end < 0 ? body.length() : end;
            int start = blanks(body, at, end);
            int stop = end > start && body.charAt(end - 1) == '\r' ? end - 1 : end;
            if (start < stop) {
                if (ended) {
                    throw error(body, at, stop, lineNumber, "text follows # EOF");
                }
                if (body.charAt(start) == '#') {
                    ended = comment(body, start, stop, lineNumber, families);
                } else {
                    try {
                        var current = find(body, start, stop, previous);
                        previous.next = current;
                        previous = current;
                        if (current.series != null) {
                            rest(body, start + current.text.length(), stop, current.series);
                        }
                    } catch (BadLine e) {
                        if (size == 0 && families.isEmpty()) {
                            throw Refusal.noMetrics(body, e.getMessage());
                        }
                        throw error(body, at, stop, lineNumber, e.getMessage());
                    }
                }
            }
            at = end + 1;
        }
        var times = timestamps == null ? null : Arrays.copyOf(timestamps, size);
        for (int i = 0; times != null && i < size && !ended; i++) {
            times[i] /= 1000; // 0.0.4 counts milliseconds, OpenMetrics seconds
        }
        return new Scrape(
                Arrays.copyOf(series, size), Arrays.copyOf(values, size), times, families, ended);
    }

    private Known find(String body, int start, int stop, Known previous) {
        var guess = previous.next;
        if (guess != null && body.startsWith(guess.text, start)) {
            int after = start + guess.text.length();
            int next = blanks(body, after, stop);
            if (next > after && next < stop && !(guess.bare && body.charAt(next) == '{')) {
                return guess;
            }
        }
        int nameEnd = SeriesText.nameEnd(body, start, stop);
        int brace = blanks(body, nameEnd, stop);
        boolean bare = brace >= stop || body.charAt(brace) != '{';
        int end = bare ? nameEnd : SeriesText.labelsEnd(body, brace, stop);
        String text = body.substring(start, end);
        var old = known.get(text);
        if (old != null) {
            return old;
        }
        String name = names.computeIfAbsent(body.substring(start, nameEnd), n -> n);
        String[] labels = bare ? new String[0] : SeriesText.labels(body, brace, end);
        var fresh = new Known(text, keep.test(name) ? series(name, labels) : null, bare);
        known.put(text, fresh);
        return fresh;
    }

    private Series series(String name, String[] labels) {
        return new Series(name, labels, counters.test(name));
    }

    /// Value, optional timestamp, optional exemplar.
    private void rest(String body, int from, int stop, Series of) {
        int start = blanks(body, from, stop);
        int end = word(body, start, stop);
        if (start == end) {
            throw new BadLine("there is no value after the series");
        }
        if (start == from) {
            throw new BadLine("a blank must separate series and value");
        }
        double value = number(body, start, end, "value");
        int next = blanks(body, end, stop);
        double timestamp = Double.NaN;
        if (next < stop && body.charAt(next) != '#') {
            int timeEnd = word(body, next, stop);
            timestamp = number(body, next, timeEnd, "timestamp");
            next = blanks(body, timeEnd, stop);
        }
        if (next < stop) {
            int brace = blanks(body, next + 1, stop);
            if (body.charAt(next) != '#' || brace >= stop || body.charAt(brace) != '{') {
                throw new BadLine("unexpected text after the value");
            }
            SeriesText.labelsEnd(body, brace, stop);
        }
        add(of, value, timestamp);
    }

    private void add(Series of, double value, double timestamp) {
        if (size == series.length) {
            series = Arrays.copyOf(series, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        if (timestamps != null && timestamps.length < series.length) {
            timestamps = Arrays.copyOf(timestamps, series.length);
        }
        if (timestamps == null && !Double.isNaN(timestamp)) {
            timestamps = new double[series.length];
            Arrays.fill(timestamps, 0, size, Double.NaN);
        }
        if (timestamps != null) {
            timestamps[size] = timestamp;
        }
        series[size] = of;
        values[size] = value;
        size++;
    }

    /// Reads a comment; true when it is the end mark.
    private boolean comment(
            String body, int start, int stop, int line, Map<String, MetricFamily> families) {
        int from = blanks(body, start + 1, stop);
        int to = word(body, from, stop);
        if (to - from == 3 && body.startsWith("EOF", from)) {
            return true;
        }
        if (!comments || to - from != 4) {
            return false;
        }
        String keyword = body.substring(from, to);
        int nameFrom = blanks(body, to, stop);
        int nameTo = word(body, nameFrom, stop);
        if (nameFrom == nameTo) {
            return false;
        }
        String name = body.substring(nameFrom, nameTo);
        String text = body.substring(Math.min(stop, blanks(body, nameTo, stop)), stop);
        var before =
                families.getOrDefault(
                        name, new MetricFamily(name, MetricFamily.Type.UNTYPED, "", ""));
        switch (keyword) {
            case "HELP" ->
                    families.put(
                            name,
                            new MetricFamily(
                                    name, before.type(), SeriesText.unescape(text), before.unit()));
            case "TYPE" ->
                    families.put(
                            name,
                            new MetricFamily(
                                    name,
                                    type(text.strip(), body, start, stop, line),
                                    before.help(),
                                    before.unit()));
            case "UNIT" ->
                    families.put(
                            name,
                            new MetricFamily(name, before.type(), before.help(), text.strip()));
            default -> {}
        }
        return false;
    }

    private static MetricFamily.Type type(String word, String body, int from, int to, int line) {
        String upper = word.toUpperCase(Locale.ROOT);
        if (upper.equals("UNKNOWN")) {
            return MetricFamily.Type.UNTYPED;
        }
        var names = new ArrayList<String>();
        for (var type : MetricFamily.Type.values()) {
            if (type.name().equals(upper)) {
                return type;
            }
            names.add(type.name().toLowerCase(Locale.ROOT));
        }
        throw error(
                body,
                from,
                to,
                line,
                "the type \"%s\" is none of %s".formatted(word, String.join(", ", names)));
    }

    private static double number(String body, int from, int to, String what) {
        try {
            return Numbers.parse(body, from, to);
        } catch (NumberFormatException _) {
            throw new BadLine(
                    "the %s \"%s\" is no number".formatted(what, body.substring(from, to)));
        }
    }

    private static ExpositionException error(
            String body, int from, int stop, int line, String problem) {
        return ExpositionException.line(line, body.substring(from, stop), problem);
    }

    static int blanks(String body, int from, int stop) {
        int i = from;
        while (i < stop && (body.charAt(i) == ' ' || body.charAt(i) == '\t')) {
            i++;
        }
        return i;
    }

    private static int word(String body, int from, int stop) {
        int i = from;
        while (i < stop && body.charAt(i) != ' ' && body.charAt(i) != '\t') {
            i++;
        }
        return i;
    }
}
