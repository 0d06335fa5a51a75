package dev.ratematch.costmodel.frontier.mix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The most requests per second that a pool carries on `g` GPUs, for every `g` up to a budget: an
/// unbounded knapsack, solved exactly by dynamic programming over the GPUs.
public final class PoolValue {

    private static final int IDLE = -1;

    private final List<WorkerRate> workers;
    private final double[] rate;
    private final int[] last;

    /// The pool of these kinds, each as often as is best.
    public PoolValue(List<WorkerRate> workers, int budgetGpus) {
        this.workers = workers;
        this.rate = new double[budgetGpus + 1];
        this.last = new int[budgetGpus + 1];
        int[] useful = bestOfEachSize(workers, budgetGpus);
        Arrays.fill(last, IDLE);
        for (int g = 1; g <= budgetGpus; g++) {
            rate[g] = rate[g - 1];
            for (int w : useful) {
                WorkerRate worker = workers.get(w);
                if (worker.gpus() <= g) {
                    double with = rate[g - worker.gpus()] + worker.requestsPerSecond();
                    if (with > rate[g]) {
                        rate[g] = with;
                        last[g] = w;
                    }
                }
            }
        }
    }

    /// Of workers with equally many GPUs only the fastest can be in an optimum.
    private static int[] bestOfEachSize(List<WorkerRate> workers, int budgetGpus) {
        int[] best = new int[budgetGpus + 1];
        Arrays.fill(best, IDLE);
        for (int w = 0; w < workers.size(); w++) {
            WorkerRate worker = workers.get(w);
            if (worker.gpus() > budgetGpus) {
                continue;
            }
            int known = best[worker.gpus()];
            if (known == IDLE
                    || worker.requestsPerSecond() > workers.get(known).requestsPerSecond()) {
                best[worker.gpus()] = w;
            }
        }
        return Arrays.stream(best).filter(w -> w != IDLE).toArray();
    }

    /// Requests per second on `gpus`.
    public double at(int gpus) {
        return rate[gpus];
    }

    /// The fewest GPUs that carry `requestsPerSecond`, which the budget must be able to.
    int fewestGpus(double requestsPerSecond) {
        int low = 0;
        int high = rate.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (rate[middle] >= requestsPerSecond) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// The workers behind [#at], in the order in which they were given.
    public List<Mix.Count> counts(int gpus) {
        int[] replicas = new int[workers.size()];
        int g = gpus;
        while (g > 0) {
            if (last[g] == IDLE) {
                g--;
            } else {
                replicas[last[g]]++;
                g -= workers.get(last[g]).gpus();
            }
        }
        var counts = new ArrayList<Mix.Count>();
        for (int w = 0; w < replicas.length; w++) {
            if (replicas[w] > 0) {
                counts.add(new Mix.Count(workers.get(w), replicas[w]));
            }
        }
        return counts;
    }
}
