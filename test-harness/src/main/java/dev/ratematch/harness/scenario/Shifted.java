package dev.ratematch.harness.scenario;

import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Segment;
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

    /// So many copies of a trace, each shifted by up to five minutes to either side, in a circle
    /// within each piece, so that the pieces stay what they are.
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
        var whole = new Segment("", 0, Math.max(1, one.durationNanos()));
        var pieces = one.segments().isEmpty() ? List.of(whole) : one.segments();
        var all = new ArrayList<Request>();
        for (var request : one.requests()) {
            var piece = pieces.get(piece(one, request));
            long length = piece.toNanos() - piece.fromNanos();
            long at = request.arrivalNanos() - piece.fromNanos() + shiftNanos;
            all.add(request.at(piece.fromNanos() + Math.floorMod(at, length)));
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
