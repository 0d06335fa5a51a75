package dev.ratematch.costmodel.frontier.mix;

import dev.ratematch.costmodel.units.Check;
import java.util.List;

/// The best integer mix of workers on a GPU budget: most requests per second through both pools,
/// and of those the one on the fewest GPUs. Exact for any number of kinds per role.
///
/// With the pool values `p(g)` and `d(g)` known, the optimum is the largest `min(p(g), d(N - g))`;
/// `p` rises and `d(N - g)` falls in `g`, and every split is looked at. The continuous optimum is
/// the balance law `n_p r_p = n_d r_d` at the best rates per GPU, `N r_p r_d / (r_p + r_d)`.
public final class MixSolver {

    /// Bound on the tables: far more GPUs than one model is served on.
    public static final int MAX_GPUS = 100_000;

    /// Relative slack for sums of equal rates in different orders.
    private static final double ROUNDING = 1e-12;

    /// What came out.
    public sealed interface Result {

        /// The optimum.
        record Best(Mix mix) implements Result {}

        /// Not even the smallest worker of each role fits.
        record TooFewGpus(int missing) implements Result {}
    }

    private MixSolver() {}

    /// Solves. Both lists must have a worker.
    public static Result solve(List<WorkerRate> prefill, List<WorkerRate> decode, int gpus) {
        Check.atLeast("gpus", gpus, 1);
        if (gpus > MAX_GPUS) {
            throw new IllegalArgumentException(
                    "gpus (%d) must be at most %d.".formatted(gpus, MAX_GPUS));
        }
        if (prefill.isEmpty() || decode.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s workers are missing; each role needs at least one."
                            .formatted(prefill.isEmpty() ? "prefill" : "decode"));
        }
        int missing = smallest(prefill) + smallest(decode) - gpus;
        if (missing > 0) {
            return new Result.TooFewGpus(missing);
        }
        var p = new PoolValue(prefill, gpus);
        var d = new PoolValue(decode, gpus);
        double best = 0;
        for (int g = 1; g < gpus; g++) {
            best = Math.max(best, Math.min(p.at(g), d.at(gpus - g)));
        }
        double enough = best * (1 - ROUNDING);
        int onPrefill = p.fewestGpus(enough);
        int onDecode = d.fewestGpus(enough);
        return new Result.Best(
                new Mix(
                        p.counts(onPrefill),
                        d.counts(onDecode),
                        p.at(onPrefill),
                        d.at(onDecode),
                        bound(prefill, decode, gpus),
                        gpus));
    }

    /// The continuous optimum, requests per second.
    public static double bound(List<WorkerRate> prefill, List<WorkerRate> decode, int gpus) {
        double p = bestPerGpu(prefill);
        double d = bestPerGpu(decode);
        return gpus * p * d / (p + d);
    }

    private static double bestPerGpu(List<WorkerRate> workers) {
        return workers.stream()
                .mapToDouble(WorkerRate::requestsPerSecondPerGpu)
                .max()
                .orElseThrow();
    }

    private static int smallest(List<WorkerRate> workers) {
        return workers.stream().mapToInt(WorkerRate::gpus).min().orElseThrow();
    }
}
