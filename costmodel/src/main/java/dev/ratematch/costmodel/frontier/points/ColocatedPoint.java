package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.frontier.mix.WorkerRate;
import dev.ratematch.costmodel.phase.CompiledWorker;

/// A worker that does both phases: chunks of prompts ride on decode steps (piggybacking), or, with
/// chunks as long as a prompt, whole prompts take turns with decode (in-flight batching).
///
/// @param worker the configuration
/// @param sequences sequences that run together, over all copies and stages
/// @param chunkTokens prompt tokens per copy in a mixed step
/// @param ttftSeconds steps that carry one prompt, without queueing
/// @param itlSeconds mean over mixed and plain steps
/// @param requestsPerSecond what one worker sustains
public record ColocatedPoint(
        CompiledWorker worker,
        int sequences,
        int chunkTokens,
        double ttftSeconds,
        double itlSeconds,
        double requestsPerSecond) {

    /// As a kind of worker of a mix.
    public WorkerRate rate() {
        return new WorkerRate(
                worker.parallelism().text() + "-c" + chunkTokens, worker.gpus(), requestsPerSecond);
    }
}
