package dev.ratematch.harness.traffic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Rows as they are read, in file order, and the trace that they make.
final class Rows {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final List<Request> requests = new ArrayList<>();
    private final List<String> segmentNames = new ArrayList<>();
    private final List<Integer> segmentStarts = new ArrayList<>();
    private long startNanos;
    private boolean started;
    private long lastNanos;
    private long failures;

    /// Adds a request. `atNanos` counts from wherever the file counts from.
    ///
    /// @param segment name of the segment; empty for none
    void add(
            String column,
            String shown,
            long atNanos,
            int inputTokens,
            int outputTokens,
            Request.Prefix prefix,
            String segment,
            RowFormat format)
            throws BadRow {
        if (started && atNanos < lastNanos) {
            throw new BadRow(
                    column,
                    shown,
                    "is before the row above it; rows must be in time order: sort the file by"
                            + " this column.");
        }
        if (!started) {
            started = true;
            startNanos = format.startsAtFirstRow() ? atNanos : 0;
        }
        if (!segment.isEmpty()
                && (segmentNames.isEmpty() || !segmentNames.getLast().equals(segment))) {
            segmentNames.add(segment);
            segmentStarts.add(requests.size());
        }
        lastNanos = atNanos;
        requests.add(new Request(atNanos - startNanos, inputTokens, outputTokens, prefix));
    }

    /// Counts a request that failed at its source and so has no length.
    void addFailure() {
        failures++;
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    long failures() {
        return failures;
    }

    /// The trace. It ends at the full second after its last arrival, or with its last tick.
    Trace trace(String name, RowFormat format, TraceReader.Options options) {
        long tickNanos = format.tickSeconds() * SECOND_NANOS;
        boolean spread = options.spreadTicks() && tickNanos > 0 && onTicks(tickNanos);
        var arrived = spread ? spread(tickNanos, options.seed()) : requests;
        long last = arrived.getLast().arrivalNanos();
        long duration =
                spread
                        ? requests.getLast().arrivalNanos() + tickNanos
                        : (last / SECOND_NANOS + 1) * SECOND_NANOS;
        return new Trace(name, arrived, duration, segments(duration));
    }

    private List<Segment> segments(long durationNanos) {
        var segments = new ArrayList<Segment>();
        for (int i = 0; i < segmentNames.size(); i++) {
            long from = i == 0 ? 0 : requests.get(segmentStarts.get(i)).arrivalNanos();
            long to =
                    i + 1 < segmentNames.size()
                            ? requests.get(segmentStarts.get(i + 1)).arrivalNanos()
                            : durationNanos;
            if (from < to) {
                segments.add(new Segment(segmentNames.get(i), from, to));
            }
        }
        return segments;
    }

    private boolean onTicks(long tickNanos) {
        return requests.stream().allMatch(r -> r.arrivalNanos() % tickNanos == 0);
    }

    /// Gives the rows of one tick the order statistics of uniform draws, so that the file's order
    /// stays.
    private List<Request> spread(long tickNanos, long seed) {
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
