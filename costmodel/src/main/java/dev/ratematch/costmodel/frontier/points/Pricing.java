package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.queue.Residence;

/// The price of one worker's steps under a load. Nothing is allocated here.
public final class Pricing {

    private Pricing() {}

    /// Seconds until `prompts` prompts, run whole and together, have their first token. The floor
    /// of an iteration is the host's: each stage is a process that schedules, feeds and launches
    /// its own part, so that a pipeline has it once a stage.
    static double ftlSeconds(CompiledWorker worker, Load load, double prompts) {
        return prefillSeconds(worker, prompts * load.newTokens(), prompts * load.newSquares());
    }

    /// Seconds of a prefill iteration through all stages.
    public static double prefillSeconds(CompiledWorker worker, double tokens, double squares) {
        int others = worker.parallelism().pipeline() - 1;
        return worker.prefillIterationSeconds(tokens, squares)
                + others * worker.prefillFloorSeconds();
    }

    /// Seconds per output token when each pipeline stage works on `microBatch` sequences. A step
    /// verifies the drafts too; their layers come on top, and each step yields `acceptLength`.
    public static double itlSeconds(
            CompiledWorker worker, ModelSpec model, Load load, double microBatch) {
        double sequences = microBatch * worker.parallelism().pipeline();
        double step =
                worker.decodeStepSeconds(
                        sequences * (1 + load.draftTokens()), sequences * load.residentTokens());
        return step
                * (1 + load.draftTokens() / model.layers())
                / (load.acceptLength() * stageBalance(worker, model));
    }

    /// Mean over largest number of layers of a stage: what is left of a full pipeline's rate when
    /// the stages do not divide the layers.
    public static double stageBalance(CompiledWorker worker, ModelSpec model) {
        int stages = worker.parallelism().pipeline();
        int most = (model.layers() + stages - 1) / stages;
        return (double) model.layers() / (stages * most);
    }

    /// Iterations that a worker has under way at once: as many as stages that are never idle, 1
    /// without a pipeline.
    public static double overlap(CompiledWorker worker, ModelSpec model) {
        return worker.parallelism().pipeline() * stageBalance(worker, model);
    }

    /// Sequences whose context fits a worker, each at its full length.
    public static double sequencesThatFit(CompiledWorker worker, Load load) {
        return Residence.reserved(worker.kvCapacityTokens(), load.finalTokens());
    }

    /// Seconds of one step that computes `chunk` prompt tokens beside `microBatch` running
    /// sequences. A chunk's share of the prompt's attention is `S_i^2 - P_i^2`, and over the chunks
    /// of a prompt these add up to that of the whole, so that the mean chunk has the whole's share.
    static double mixedSeconds(CompiledWorker worker, Load load, double chunk, double microBatch) {
        int stages = worker.parallelism().pipeline();
        double sequences = microBatch * stages;
        return worker.mixedSeconds(
                        chunk,
                        load.newSquares() * chunk / load.newTokens(),
                        sequences * (1 + load.draftTokens()),
                        sequences * load.residentTokens())
                + (stages - 1) * worker.prefillFloorSeconds();
    }

    /// Most tokens of one iteration per copy of attention.
    static double iterationTokens(Load load) {
        return Math.max(PrefillChoice.ITERATION_TOKENS, load.newTokens());
    }
}
