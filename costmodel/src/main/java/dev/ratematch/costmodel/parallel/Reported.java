package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.model.ModelSpec;

/// Widths as public tables of measured runs report them, where they are not always what ran.
///
/// @param tp GPUs that share one attention layer; 0 and the other zeros stand for "not said"
/// @param pp stages
/// @param dp copies of attention
/// @param moeTp GPUs that share one expert
/// @param moeEp groups over which whole experts are placed
public record Reported(int tp, int pp, int dp, int moeTp, int moeEp) {

    /// The worker that most likely ran. The same measurement appears in the public tables both as
    /// (tp 4, moe_ep 4) and as (tp 16, moe_tp 4, moe_ep 4), as (dp 8, moe_ep 8) and as (dp 64,
    /// moe_tp 8, moe_ep 8), as (tp 4, moe_ep 4) and as (tp 4, dp 4, moe_ep 16): where engines were
    /// given equal widths for attention and experts, their product was taken for the number of
    /// GPUs. Such squares are taken back; a width that is not said is 1.
    public Parallelism parallelism(ModelSpec model) {
        int tensor = Math.max(1, tp);
        int stages = Math.max(1, pp);
        int copies = Math.max(1, dp);
        int shards = Math.max(1, moeTp);
        int ranks = Math.max(1, moeEp);
        if (model.moe().isEmpty()) {
            return new Parallelism(tensor, stages, 1, copies);
        }
        if (shards > 1 && shards == ranks && tensor * copies == shards * ranks) {
            return copies > 1
                    ? new Parallelism(1, stages, ranks, ranks)
                    : new Parallelism(ranks, stages, ranks, 1);
        }
        if (shards == 1 && tensor > 1 && tensor == copies && ranks == tensor * copies) {
            return new Parallelism(tensor, stages, tensor, 1);
        }
        return Parallelism.of(tensor, stages, copies, shards, ranks);
    }
}
