package dev.ratematch.costmodel.frontier.search;

import dev.ratematch.costmodel.frontier.mix.Mix;
import dev.ratematch.costmodel.frontier.mix.MixSolver;
import dev.ratematch.costmodel.frontier.mix.Placement;
import dev.ratematch.costmodel.frontier.mix.WorkerRate;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.points.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every pair of shapes that may be paired, each with the replicas that serve most on the budget.
///
/// With `n` prefill replicas, as many decode replicas as still fit fall with `n`; so what both
/// pools carry rises up to the balance and falls behind it, and the best `n` is beside it.
final class UniformPlanner {

    /// Relative slack for products of equal rates.
    private static final double ROUNDING = 1e-12;

    private final Target target;
    private final Placement placement;

    UniformPlanner(Target target, Placement placement) {
        this.target = target;
        this.placement = placement;
    }

    /// One kind of worker and what has to lie within one NVLink domain.
    private record Kind(WorkerRate rate, int stageGpus) {}

    /// One plan for each pair that fits the budget.
    List<UniformPlan> all(List<PrefillPoint> prefill, List<DecodePoint> decode) {
        var plans = new ArrayList<UniformPlan>();
        if (prefill.isEmpty() || decode.isEmpty()) {
            return plans;
        }
        double bound =
                MixSolver.bound(
                        prefill.stream().map(PrefillPoint::rate).toList(),
                        decode.stream().map(DecodePoint::rate).toList(),
                        placement.budgetGpus());
        for (PrefillPoint p : prefill) {
            for (DecodePoint d : decode) {
                if (target.pairing().allows(p.worker(), d.worker(), target.model())) {
                    Mix mix =
                            best(
                                    new Kind(p.rate(), p.worker().parallelism().gpusPerStage()),
                                    new Kind(d.rate(), d.worker().parallelism().gpusPerStage()),
                                    bound);
                    if (mix != null) {
                        plans.add(new UniformPlan(p, d, mix));
                    }
                }
            }
        }
        return plans;
    }

    private @Nullable Mix best(Kind prefill, Kind decode, double bound) {
        int budget = placement.budgetGpus();
        int most = (budget - decode.rate.gpus()) / prefill.rate.gpus();
        int low = 0;
        int high = most;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (rate(prefill, middle) <= rate(decode, beside(prefill, middle, decode))) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        double served = Math.max(served(prefill, low, decode), served(prefill, low + 1, decode));
        if (served == 0) {
            return null;
        }
        return withSpares(
                prefill,
                decode,
                mix(
                        prefill,
                        fewest(prefill.rate, served),
                        decode,
                        fewest(decode.rate, served),
                        bound));
    }

    /// GPUs that would idle hold one more engine of the role whose loss hurts most, as long as that
    /// helps by more than the model can mistake.
    private Mix withSpares(Kind prefill, Kind decode, Mix mix) {
        boolean first = mix.servedWithoutOnePrefill() < mix.servedWithoutOneDecode();
        int prefills = mix.prefillReplicas() + (first ? 1 : 0);
        int decodes = mix.decodeReplicas() + (first ? 0 : 1);
        if (beside(prefill, prefills, decode) < decodes) {
            return mix;
        }
        Mix more = mix(prefill, prefills, decode, decodes, mix.boundRequestsPerSecond());
        double helps = more.servedWithoutOne() - mix.servedWithoutOne();
        return helps > Ranking.TIE * mix.servedRequestsPerSecond()
                ? withSpares(prefill, decode, more)
                : mix;
    }

    private Mix mix(Kind prefill, int prefills, Kind decode, int decodes, double bound) {
        return new Mix(
                List.of(new Mix.Count(prefill.rate, prefills)),
                List.of(new Mix.Count(decode.rate, decodes)),
                rate(prefill, prefills),
                rate(decode, decodes),
                bound,
                placement.budgetGpus());
    }

    private double served(Kind prefill, int replicas, Kind decode) {
        return Math.min(rate(prefill, replicas), rate(decode, beside(prefill, replicas, decode)));
    }

    private static double rate(Kind kind, int replicas) {
        return replicas * kind.rate.requestsPerSecond();
    }

    private static int fewest(WorkerRate worker, double served) {
        return (int) Math.ceil(served * (1 - ROUNDING) / worker.requestsPerSecond());
    }

    /// Decode replicas that find room beside so many of prefill.
    private int beside(Kind prefill, int replicas, Kind decode) {
        int left = placement.budgetGpus() - replicas * prefill.rate.gpus();
        int count = Math.max(0, left / decode.rate.gpus());
        boolean gapless =
                placement.divides(prefill.stageGpus) && placement.divides(decode.stageGpus);
        while (!gapless && count > 0 && !fits(prefill, replicas, decode, count)) {
            count--;
        }
        return count;
    }

    private boolean fits(Kind prefill, int prefills, Kind decode, int decodes) {
        int first = prefills * prefill.rate.gpus() / prefill.stageGpus;
        int second = decodes * decode.rate.gpus() / decode.stageGpus;
        int[] pieces = new int[first + second];
        Arrays.fill(pieces, 0, first, prefill.stageGpus);
        Arrays.fill(pieces, first, pieces.length, decode.stageGpus);
        return placement.fits(pieces);
    }
}
