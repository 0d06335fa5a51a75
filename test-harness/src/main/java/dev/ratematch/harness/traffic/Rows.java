package dev.ratematch.harness.traffic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Rows as they are read, in file order, and the trace that they make.
final class Rows {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final List<Row> rows = new ArrayList<>();
    private long failures;

    /// Adds a row.
    ///
    /// @param column name of its arrival
    /// @param shown that arrival as it stands in the file
    void add(Row row, String column, String shown) throws BadRow {
        if (!rows.isEmpty() && row.at().compareTo(rows.getLast().at()) < 0) {
            throw new BadRow(
                    column,
                    shown,
                    "is before the row above it; rows must be in time order: sort the file by"
                            + " this column.");
        }
        rows.add(row);
    }

    /// Counts a request that failed at its source and so has no length.
    void addFailure() {
        failures++;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    long failures() {
        return failures;
    }

    /// The trace, and what had to be decided to make it. It ends at the full second after its last
    /// arrival, or with its last tick.
    ///
    /// @param notices what was taken, where that was in doubt
    record Made(Trace trace, List<String> notices) {}

    Made trace(String name, RowFormat format, TraceReader.Options options) {
        var unit = UnitChoice.of(format.name(), rows, format.time(), options.timeUnit());
        var blocks =
                BlockChoice.of(format.name(), rows, format.blockTokens(), options.blockTokens());
        var requests = requests(format.time(), unit.unit(), blocks.tokens());
        long tickNanos = format.tickSeconds() * SECOND_NANOS;
        boolean spread =
                options.spreadTicks()
                        && tickNanos > 0
                        && unit.unit() == format.time().unit()
                        && onTicks(requests, tickNanos);
        var arrived = spread ? spread(requests, tickNanos, options.seed()) : requests;
        long last = arrived.getLast().arrivalNanos();
        long duration =
                spread
                        ? requests.getLast().arrivalNanos() + tickNanos
                        : (last / SECOND_NANOS + 1) * SECOND_NANOS;
        return new Made(
                new Trace(name, arrived, duration, segments(requests, duration)),
                Stream.of(unit.notice(), blocks.notice()).flatMap(Optional::stream).toList());
    }

    private List<Request> requests(TimeAxis axis, ClockUnit unit, int blockTokens) {
        var start = axis.fromFirstRow() ? rows.getFirst().at() : new Stamp(0, 0);
        var requests = new ArrayList<Request>(rows.size());
        for (var row : rows) {
            boolean prefixed = row.ids().length > 0 && blockTokens > 0;
            requests.add(
                    new Request(
                            row.at().nanosSince(start, unit),
                            row.inputTokens(),
                            row.outputTokens(),
                            prefixed ? new Request.Prefix(blockTokens, row.ids()) : Request.NONE));
        }
        return requests;
    }

    /// A segment lasts until a row names another.
    private List<Segment> segments(List<Request> requests, long durationNanos) {
        var names = new ArrayList<String>();
        var starts = new ArrayList<Integer>();
        for (int i = 0; i < rows.size(); i++) {
            String segment = rows.get(i).segment();
            if (!segment.isEmpty() && (names.isEmpty() || !names.getLast().equals(segment))) {
                names.add(segment);
                starts.add(i);
            }
        }
        var segments = new ArrayList<Segment>();
        for (int i = 0; i < names.size(); i++) {
            long from = i == 0 ? 0 : requests.get(starts.get(i)).arrivalNanos();
            long to =
                    i + 1 < names.size()
                            ? requests.get(starts.get(i + 1)).arrivalNanos()
                            : durationNanos;
            if (from < to) {
                segments.add(new Segment(names.get(i), from, to));
            }
        }
        return segments;
    }

    private static boolean onTicks(List<Request> requests, long tickNanos) {
        return requests.stream().allMatch(r -> r.arrivalNanos() % tickNanos == 0);
    }

    /// Gives the rows of one tick the order statistics of uniform draws, so that the file's order
    /// stays.
    private static List<Request> spread(List<Request> requests, long tickNanos, long seed) {
        var random = new SplittableRandom(seed);
        var result = new ArrayList<Request>(requests.size());
        int from = 0;
        while (from < requests.size()) {
            long tick = requests.get(from).arrivalNanos();
            int to = from + 1;
            while (to < requests.size() && requests.get(to).arrivalNanos() == tick) {
                to++;
            }
            long[] offsets = new long[to - from];
            for (int i = 0; i < offsets.length; i++) {
                offsets[i] = random.nextLong(tickNanos);
            }
            Arrays.sort(offsets);
            for (int i = 0; i < offsets.length; i++) {
                result.add(requests.get(from + i).at(tick + offsets[i]));
            }
            from = to;
        }
        return result;
    }
}
