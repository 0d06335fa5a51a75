package dev.ratematch.harness.judge;

import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.traffic.Trace;
import java.util.Arrays;

/// Counts the requests whose first token was in time and that are known not to be good all the
/// same: the answer was too slow, is so already though the rest came at once, or was lost.
final class Slow {

    private static final double SECONDS = 1e9;

    private final Trace trace;
    private final Promise promise;

    /// Requests in time whose answers are not judged yet.
    private int[] open = new int[256];

    private int opened;
    private int next;
    private int count;

    Slow(Trace trace, Promise promise) {
        this.trace = trace;
        this.promise = promise;
    }

    /// Slow requests among the first so many, of each of which it is known whether its first token
    /// was in time.
    int until(int judged, Cluster cluster) {
        var log = cluster.log();
        for (; next < judged; next++) {
            var request = trace.requests().get(next);
            double promised = promise.at(request.arrivalNanos()).ttftSeconds();
            if (Judged.ttft(log, next, request) <= promised) {
                if (opened == open.length) {
                    open = Arrays.copyOf(open, 2 * opened);
                }
                open[opened++] = next;
            }
        }
        int left = 0;
        for (int i = 0; i < opened; i++) {
            int index = open[i];
            if (tooLong(index, cluster)) {
                count++;
            } else if (log.endNanos(index) < 0) {
                open[left++] = index;
            }
        }
        opened = left;
        return count;
    }

    private boolean tooLong(int index, Cluster cluster) {
        var log = cluster.log();
        var request = trace.requests().get(index);
        double promised = promise.at(request.arrivalNanos()).itlSeconds();
        if (log.endNanos(index) >= 0 || log.wasDropped(index)) {
            return Judged.itl(log, index, request) > promised;
        }
        int gaps = request.outputTokens() - 1;
        double soFar = (cluster.nowNanos() - log.firstTokenNanos(index)) / SECONDS;
        return gaps > 0 && soFar / gaps > promised;
    }
}
