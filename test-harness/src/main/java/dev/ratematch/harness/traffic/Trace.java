package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Check;
import java.util.List;

/// A named, time-ordered list of requests.
///
/// @param name short name for reports
/// @param requests ordered by arrival
/// @param durationNanos length of the trace; at least the last arrival
public record Trace(String name, List<Request> requests, long durationNanos) {

    public Trace {
        requests = List.copyOf(requests);
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
    }
}
