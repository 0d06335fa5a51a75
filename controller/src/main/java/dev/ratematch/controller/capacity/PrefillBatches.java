package dev.ratematch.controller.capacity;

import dev.ratematch.controller.estimate.WorkloadEstimate;

/// Prefill iterations of one replica by the requests in them, from one to the token budget.
///
/// At a rate, an iteration takes as many requests as come while one runs: `r = rate * T(r)`.
/// Between two nodes T is taken as a line, on which that has a closed solution; exact for an affine
/// law.
final class PrefillBatches {

    /// Nodes between one request and a full budget, evenly spaced in proportion.
    private static final int NODES = 33;

    private final double[] requests;
    private final double[] seconds;

    private PrefillBatches(double[] requests, double[] seconds) {
        this.requests = requests;
        this.seconds = seconds;
    }

    /// The iterations of a law with the prompts of a workload.
    static PrefillBatches of(PrefillLaw law, WorkloadEstimate load, int maxBatchedTokens) {
        double tokens = Math.max(1, load.uncachedInputTokens());
        double most = Math.max(1, maxBatchedTokens / tokens);
        int nodes = most > 1 ? NODES : 1;
        double ratio = StrictMath.pow(most, 1.0 / Math.max(1, nodes - 1));
        var requests = new double[nodes];
        var seconds = new double[nodes];
        double each = 1;
        for (int k = 0; k < nodes; k++) {
            requests[k] = Math.min(each, most);
            seconds[k] =
                    law.iterationSeconds(
                            requests[k] * load.uncachedInputTokens(),
                            requests[k] * load.squaresPerRequest());
            each *= ratio;
        }
        return new PrefillBatches(requests, seconds);
    }

    /// The iteration that, while it runs, lets in exactly what the next one takes, seconds; the
    /// fullest one where more comes.
    double iterationSeconds(double requestsPerSecond) {
        return at(requestsPerSecond, 0);
    }

    /// The iteration of a request that comes at random: itself, and what else came while the one
    /// before ran, seconds.
    ///
    /// @param requestsPerSecond arrivals, times the probability that there is one before
    double seenSeconds(double requestsPerSecond) {
        return at(requestsPerSecond, 1);
    }

    /// The iteration that takes `r = rate x T(r) + more`.
    private double at(double requestsPerSecond, double more) {
        int high = seconds.length - 1;
        if (requestsPerSecond * seconds[0] + more <= requests[0]) {
            return seconds[0];
        }
        if (requestsPerSecond * seconds[high] + more >= requests[high]) {
            return seconds[high];
        }
        // Below a node more comes than it takes, above it less.
        int low = 0;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (requestsPerSecond * seconds[middle] + more >= requests[middle]) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double slope = (seconds[high] - seconds[low]) / (requests[high] - requests[low]);
        return (seconds[low] + slope * (more - requests[low])) / (1 - slope * requestsPerSecond);
    }
}
