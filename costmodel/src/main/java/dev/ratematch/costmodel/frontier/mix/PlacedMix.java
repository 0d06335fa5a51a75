package dev.ratematch.costmodel.frontier.mix;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// The integer mix that also fits into NVLink domains.
///
/// On domains that every stage size divides (HGX hosts of 8), whatever fits the budget can be
/// placed. On racks of 72, stages of 16, 32 and 64 leave a gap of 8, so that all wide workers
/// together can have less than the budget: a second knapsack bound, solved exactly.
///
/// @param mix the mix
/// @param exact whether no placeable mix serves more
public record PlacedMix(Mix mix, boolean exact) {

    /// Kinds of both roles, how wide their stages are, and where they may lie.
    public record Pools(
            List<WorkerRate> prefill,
            List<WorkerRate> decode,
            ToIntFunction<WorkerRate> stageGpus,
            Placement placement) {

        Pools narrowerThan(int gpus) {
            return new Pools(
                    prefill.stream().filter(w -> stageGpus.applyAsInt(w) < gpus).toList(),
                    decode.stream().filter(w -> stageGpus.applyAsInt(w) < gpus).toList(),
                    stageGpus,
                    placement);
        }

        int widestStage() {
            return Math.max(widest(prefill), widest(decode));
        }

        private int widest(List<WorkerRate> workers) {
            return workers.stream().mapToInt(stageGpus).max().orElse(0);
        }
    }

    /// Solves; null when no pair of workers is left that can be placed.
    public static @Nullable PlacedMix solve(Pools pools) {
        return switch (MixSolver.solve(pools.prefill, pools.decode, pools.placement.budgetGpus())) {
            case MixSolver.Result.TooFewGpus _ -> null;
            case MixSolver.Result.Best(var mix) ->
                    fits(pools, mix) ? new PlacedMix(mix, true) : capped(pools);
        };
    }

    private static @Nullable PlacedMix capped(Pools pools) {
        var p = new CappedPool(pools.prefill, pools);
        var d = new CappedPool(pools.decode, pools);
        Mix mix = CappedPool.best(p, d, pools);
        if (mix != null && fits(pools, mix)) {
            return new PlacedMix(mix, true);
        }
        // A part-filled last rack can leave more than one gap; without the widest kind it has less.
        Pools narrower = pools.narrowerThan(pools.widestStage());
        if (narrower.prefill.isEmpty() || narrower.decode.isEmpty()) {
            return null;
        }
        PlacedMix placed = solve(narrower);
        return placed == null ? null : new PlacedMix(placed.mix, false);
    }

    private static boolean fits(Pools pools, Mix mix) {
        var pieces = new ArrayList<Integer>();
        for (var counts : List.of(mix.prefill(), mix.decode())) {
            for (var count : counts) {
                int stage = pools.stageGpus.applyAsInt(count.worker());
                for (int i = count.gpus() / stage; i > 0; i--) {
                    pieces.add(stage);
                }
            }
        }
        return pools.placement.fits(pieces.stream().mapToInt(i -> i).toArray());
    }
}
