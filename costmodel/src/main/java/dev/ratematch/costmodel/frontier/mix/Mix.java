package dev.ratematch.costmodel.frontier.mix;

import java.util.List;

/// Integer replica counts for both pools on one GPU budget, and what they carry.
///
/// @param prefill workers of the prefill pool, in the order given; none with 0 replicas
/// @param decode workers of the decode pool
/// @param prefillRequestsPerSecond sum over the prefill pool
/// @param decodeRequestsPerSecond sum over the decode pool
/// @param boundRequestsPerSecond what fractional replicas would carry (the continuous optimum)
/// @param budgetGpus GPUs that could be used
public record Mix(
        List<Count> prefill,
        List<Count> decode,
        double prefillRequestsPerSecond,
        double decodeRequestsPerSecond,
        double boundRequestsPerSecond,
        int budgetGpus) {

    /// Relative difference below which two pools are called even; far below any measurement.
    private static final double EVEN = 1e-9;

    /// How many of one kind.
    public record Count(WorkerRate worker, int replicas) {

        /// GPUs of all of them.
        public int gpus() {
            return replicas * worker.gpus();
        }
    }

    /// Which pool sets the pace.
    public enum Limit {
        PREFILL,
        DECODE,
        EVEN
    }

    public Mix {
        prefill = List.copyOf(prefill);
        decode = List.copyOf(decode);
    }

    /// Requests per second through both pools: the slower one sets the pace.
    public double servedRequestsPerSecond() {
        return Math.min(prefillRequestsPerSecond, decodeRequestsPerSecond);
    }

    /// What is still served when one prefill worker is lost, the one that carries most; 0 where it
    /// is the only one.
    public double servedWithoutOnePrefill() {
        return withoutOne(prefill, prefillRequestsPerSecond, decodeRequestsPerSecond);
    }

    /// The same of decode.
    public double servedWithoutOneDecode() {
        return withoutOne(decode, decodeRequestsPerSecond, prefillRequestsPerSecond);
    }

    /// The smaller of both.
    public double servedWithoutOne() {
        return Math.min(servedWithoutOnePrefill(), servedWithoutOneDecode());
    }

    private static double withoutOne(List<Count> pool, double own, double other) {
        if (pool.stream().mapToInt(Count::replicas).sum() == 1) {
            return 0;
        }
        double lost =
                pool.stream()
                        .mapToDouble(count -> count.worker().requestsPerSecond())
                        .max()
                        .orElse(0);
        return Math.min(own - lost, other);
    }

    /// The slower pool.
    public Limit limit() {
        double gap = prefillRequestsPerSecond - decodeRequestsPerSecond;
        if (Math.abs(gap) <= EVEN * boundRequestsPerSecond) {
            return Limit.EVEN;
        }
        return gap < 0 ? Limit.PREFILL : Limit.DECODE;
    }

    /// What is lost to whole replicas, in percent of the bound.
    public double lossPercent() {
        return Math.max(0, 100 * (1 - servedRequestsPerSecond() / boundRequestsPerSecond));
    }

    /// GPUs of the prefill pool.
    public int prefillGpus() {
        return prefill.stream().mapToInt(Count::gpus).sum();
    }

    /// GPUs of the decode pool.
    public int decodeGpus() {
        return decode.stream().mapToInt(Count::gpus).sum();
    }

    /// Prefill workers.
    public int prefillReplicas() {
        return prefill.stream().mapToInt(Count::replicas).sum();
    }

    /// Decode workers.
    public int decodeReplicas() {
        return decode.stream().mapToInt(Count::replicas).sum();
    }

    /// GPUs that no worker uses because it would not raise what is served.
    public int idleGpus() {
        return budgetGpus - prefillGpus() - decodeGpus();
    }
}
