package dev.ratematch.harness.scenario;

import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/// Many clients who know nothing of each other, as one trace.
final class Shifted {

    private static final double SHIFT_NANOS = 300e9;

    private Shifted() {}

    /// So many copies of a trace, each shifted in a circle by up to five minutes to either side.
    ///
    /// @param copies in each piece of the trace
    static Trace copies(Trace one, List<Double> copies, long seed) {
        var random = new SplittableRandom(seed);
        var all = new ArrayList<Request>();
        for (int i = 0; i < Collections.max(copies); i++) {
            long shift = Math.round((2 * random.nextDouble() - 1) * SHIFT_NANOS);
            add(all, circled(one, shift), copies, i, random.split());
        }
        return trace(one, all);
    }

    private static Trace circled(Trace one, long shiftNanos) {
        var all = new ArrayList<Request>();
        for (var request : one.requests()) {
            long at = Math.floorMod(request.arrivalNanos() + shiftNanos, one.durationNanos());
            all.add(request.at(at));
        }
        return trace(one, all);
    }

    /// Adds a client.
    ///
    /// @param clients that there are of each piece; the last one sends a share of its requests
    /// @param number of this one, from 0
    static void add(
            List<Request> into,
            Trace client,
            List<Double> clients,
            int number,
            SplittableRandom random) {
        for (var request : client.requests()) {
            double share = clients.get(piece(client, request)) - number;
            if (share >= 1 || random.nextDouble() < share) {
                into.add(request);
            }
        }
    }

    private static int piece(Trace trace, Request request) {
        for (int i = 0; i < trace.segments().size(); i++) {
            if (trace.segments().get(i).contains(request.arrivalNanos())) {
                return i;
            }
        }
        return 0;
    }

    /// The same trace with other requests.
    static Trace trace(Trace like, List<Request> all) {
        all.sort(Comparator.comparingLong(Request::arrivalNanos));
        return new Trace(like.name(), all, like.durationNanos(), like.segments());
    }
}
