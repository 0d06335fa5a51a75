package dev.ratematch.costmodel.frontier.mix;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pool values when wide workers (those that leave gaps in a domain) may take only so many GPUs.
final class CappedPool {

    private final @Nullable PoolValue wide;
    private final PoolValue narrow;
    private final int step;
    private final double[][] most;

    CappedPool(List<WorkerRate> workers, PlacedMix.Pools pools) {
        int budget = pools.placement().budgetGpus();
        var wides = new ArrayList<WorkerRate>();
        var narrows = new ArrayList<WorkerRate>();
        for (WorkerRate worker : workers) {
            boolean fills = pools.placement().divides(pools.stageGpus().applyAsInt(worker));
            (fills ? narrows : wides).add(worker);
        }
        this.step = narrowestWide(pools);
        this.wide = wides.isEmpty() ? null : new PoolValue(wides, budget);
        this.narrow = new PoolValue(narrows, budget);
        this.most = new double[pools.placement().capacity(step) / step + 1][budget + 1];
        for (int x = 0; x < most.length; x++) {
            for (int g = 0; g <= budget; g++) {
                double before = x == 0 ? 0 : most[x - 1][g];
                most[x][g] = Math.max(before, value(x, g));
            }
        }
    }

    private static int narrowestWide(PlacedMix.Pools pools) {
        int narrowest = Integer.MAX_VALUE;
        for (var workers : List.of(pools.prefill(), pools.decode())) {
            for (WorkerRate worker : workers) {
                int stage = pools.stageGpus().applyAsInt(worker);
                if (!pools.placement().divides(stage)) {
                    narrowest = Math.min(narrowest, stage);
                }
            }
        }
        return Math.min(narrowest, pools.placement().budgetGpus());
    }

    private double value(int wideSteps, int gpus) {
        int onWide = wideSteps * step;
        if (onWide > gpus) {
            return 0;
        }
        return (wide == null ? 0 : wide.at(onWide)) + narrow.at(gpus - onWide);
    }

    /// The best mix of both pools, or null when nothing is served.
    static @Nullable Mix best(CappedPool p, CappedPool d, PlacedMix.Pools pools) {
        int budget = pools.placement().budgetGpus();
        double best = 0;
        int bestX = 0;
        int bestG = 0;
        int last = p.most.length - 1;
        for (int x = 0; x <= last; x++) {
            for (int g = 1; g < budget; g++) {
                double served = Math.min(p.most[x][g], d.most[last - x][budget - g]);
                if (served > best) {
                    best = served;
                    bestX = x;
                    bestG = g;
                }
            }
        }
        if (best == 0) {
            return null;
        }
        int onPrefill = fewest(p.most[bestX], bestG, best);
        int onDecode = fewest(d.most[last - bestX], budget - bestG, best);
        return new Mix(
                p.counts(bestX, onPrefill),
                d.counts(last - bestX, onDecode),
                p.most[bestX][onPrefill],
                d.most[last - bestX][onDecode],
                MixSolver.bound(pools.prefill(), pools.decode(), budget),
                budget);
    }

    private static int fewest(double[] values, int gpus, double enough) {
        int g = gpus;
        while (g > 0 && values[g - 1] >= enough) {
            g--;
        }
        return g;
    }

    private List<Mix.Count> counts(int cap, int gpus) {
        int x = 0;
        for (int i = 1; i <= cap; i++) {
            if (value(i, gpus) > value(x, gpus)) {
                x = i;
            }
        }
        var counts = new ArrayList<Mix.Count>();
        if (wide != null) {
            counts.addAll(wide.counts(x * step));
        }
        counts.addAll(narrow.counts(gpus - x * step));
        return counts;
    }
}
