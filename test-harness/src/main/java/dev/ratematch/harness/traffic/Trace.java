package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import java.util.List;

/// A named, time-ordered list of requests.
///
/// @param name short name for reports
/// @param requests ordered by arrival
/// @param durationNanos length of the trace; at least the last arrival
/// @param segments named stretches, in order and without overlap; empty where the trace is of one
///   piece
public record Trace(
        String name, List<Request> requests, long durationNanos, List<Segment> segments) {

    public Trace {
        requests = List.copyOf(requests);
        segments = List.copyOf(segments);
        long last = -1;
        for (var request : requests) {
            if (request.arrivalNanos() < last) {
                throw new IllegalArgumentException(
                        "arrival (%d ns) must not be before the one before it (%d ns)."
                                .formatted(request.arrivalNanos(), last));
            }
            last = request.arrivalNanos();
        }
        Check.atLeast("durationNanos", durationNanos, Math.max(last, 0));
        long end = 0;
        for (var segment : segments) {
            Check.atLeast("segment " + segment.name() + " fromNanos", segment.fromNanos(), end);
            end = segment.toNanos();
        }
        Check.atLeast("durationNanos", durationNanos, end);
    }

    /// A trace of one piece.
    public Trace(String name, List<Request> requests, long durationNanos) {
        this(name, requests, durationNanos, List.of());
    }

    /// Index of the first request that does not arrive before an instant.
    public int firstAt(long nanos) {
        int low = 0;
        int high = requests.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (requests.get(middle).arrivalNanos() < nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// The requests of `[fromNanos, toNanos)`, moved so that the window starts at 0. Segments are
    /// cut to it. The end may lie past the end of the trace; the start may not.
    ///
    /// @throws IllegalArgumentException where the window is empty or holds no request
    public Trace window(long fromNanos, long toNanos) {
        Check.atLeast("window start (ns)", fromNanos, 0);
        Check.atLeast("window end (ns)", toNanos, fromNanos + 1);
        long end = Math.min(toNanos, durationNanos);
        var kept = new ArrayList<Request>();
        for (var request : requests) {
            if (request.arrivalNanos() >= fromNanos && request.arrivalNanos() < toNanos) {
                kept.add(request.at(request.arrivalNanos() - fromNanos));
            }
        }
        if (kept.isEmpty()) {
            throw new IllegalArgumentException(
                    "The window %s holds no request of trace %s, which is %.0f s long; choose one inside it."
                            .formatted(new Window(fromNanos, toNanos), name, durationNanos / 1e9));
        }
        var cut = new ArrayList<Segment>();
        for (var segment : segments) {
            long from = Math.max(segment.fromNanos(), fromNanos);
            long to = Math.min(segment.toNanos(), end);
            if (from < to) {
                cut.add(new Segment(segment.name(), from - fromNanos, to - fromNanos));
            }
        }
        return new Trace(name, kept, end - fromNanos, cut);
    }

    /// The same traffic under another name.
    public Trace named(String newName) {
        return new Trace(newName, requests, durationNanos, segments);
    }

    /// Length, seconds.
    public double seconds() {
        return durationNanos / 1e9;
    }
}
