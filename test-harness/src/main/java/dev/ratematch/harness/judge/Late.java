package dev.ratematch.harness.judge;

import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.traffic.Trace;

/// Counts the requests that are known to be late, and of those the ones that were past saving:
/// their TTFT was over, and they had no first token, when the first decision after that was made.
final class Late {

    private static final double SECONDS = 1e9;

    private final Trace trace;
    private final Promise promise;
    private int next;
    private int count;
    private int pastSaving;

    Late(Trace trace, Promise promise) {
        this.trace = trace;
        this.promise = promise;
    }

    /// Late requests among the first that arrived. To be asked only after the cluster's counters
    /// have been brought up to the present.
    int until(int arrived, Cluster cluster) {
        for (; next < arrived; next++) {
            var request = trace.requests().get(next);
            var slo = promise.at(request.arrivalNanos());
            double age = (cluster.nowNanos() - request.arrivalNanos()) / SECONDS;
            if (age <= slo.ttftSeconds()) {
                break;
            }
            double ttft = Judged.ttft(cluster.log(), next, request);
            count += ttft > slo.ttftSeconds() ? 1 : 0;
            pastSaving += Double.isInfinite(ttft) ? 1 : 0;
        }
        return count;
    }

    /// Requests of which it is known whether they are late: the first so many.
    int judged() {
        return next;
    }

    int pastSaving() {
        return pastSaving;
    }
}
