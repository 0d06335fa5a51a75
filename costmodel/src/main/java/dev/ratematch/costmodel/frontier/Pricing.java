package dev.ratematch.costmodel.frontier;

import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.phase.CompiledWorker;

/// The price of one worker's steps under a load. Nothing is allocated here.
final class Pricing {

    private Pricing() {}

    /// Seconds until `prompts` prompts, run whole and together, have their first token.
    static double ftlSeconds(CompiledWorker worker, Load load, double prompts) {
        return worker.prefillIterationSeconds(
                prompts * load.newTokens(), prompts * load.newSquares());
    }

    /// Seconds per output token when each pipeline stage works on `microBatch` sequences. A step
    /// verifies the drafts too; their layers come on top, and each step yields `acceptLength`.
    static double itlSeconds(CompiledWorker worker, ModelSpec model, Load load, double microBatch) {
        double step =
                worker.decodeStepSeconds(
                        microBatch * (1 + load.draftTokens()), microBatch * load.residentTokens());
        return step
                * (1 + load.draftTokens() / model.layers())
                / (load.acceptLength() * stageBalance(worker, model));
    }

    /// Mean over largest number of layers of a stage: what is left of a full pipeline's rate when
    /// the stages do not divide the layers.
    static double stageBalance(CompiledWorker worker, ModelSpec model) {
        int stages = worker.parallelism().pipeline();
        int most = (model.layers() + stages - 1) / stages;
        return (double) model.layers() / (stages * most);
    }

    /// Sequences whose context fits a worker.
    static double sequencesThatFit(CompiledWorker worker, Load load) {
        return worker.kvCapacityTokens() / load.finalTokens();
    }

    /// Seconds of one step that computes `chunk` prompt tokens beside `sequences` running ones: the
    /// linear part at the sum of tokens, attention of both. A chunk's share of the prompt's
    /// attention is `S_i^2 - P_i^2`, and over the chunks of a prompt these add up to that of the
    /// whole, so that the mean chunk has the whole's share.
    static double mixedSeconds(CompiledWorker worker, Load load, double chunk, double sequences) {
        double squares = load.newSquares() * chunk / load.newTokens();
        double queries = sequences * (1 + load.draftTokens());
        double attention =
                worker.decodeStepSeconds(queries, sequences * load.residentTokens())
                        - worker.decodeStepSeconds(queries, 0);
        return worker.prefillIterationSeconds(chunk + queries, squares) + attention;
    }

    /// Most tokens of one iteration per copy of attention.
    static double iterationTokens(Load load) {
        return Math.max(PrefillChoice.ITERATION_TOKENS, load.newTokens());
    }
}
