package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.frontier.mix.WorkerRate;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.transfer.KvTransfer;
import dev.ratematch.costmodel.transfer.Lanes;

/// A prefill worker at one batch or chunk size.
///
/// @param worker the configuration
/// @param prompts prompts in flight together, over all copies of attention
/// @param chunkTokens tokens of a chunk under chunked pipelining (CPP); 0 when prompts run whole
/// @param ftlSeconds from the start of an iteration to the first token
/// @param ttftSeconds the same, with exposed KV transfer and the first decode step
/// @param requestsPerSecond what one worker sustains
/// @param binding what keeps it from more
public record PrefillPoint(
        CompiledWorker worker,
        int prompts,
        int chunkTokens,
        double ftlSeconds,
        double ttftSeconds,
        double requestsPerSecond,
        Binding binding) {

    /// Unique among the points of a plan.
    public String name() {
        var parallelism = worker.parallelism();
        return chunkTokens == 0
                ? parallelism.text()
                : parallelism.withChunks(parallelism.pipeline(), chunkTokens).text();
    }

    /// As a kind of worker of a mix.
    public WorkerRate rate() {
        return new WorkerRate(name(), worker.gpus(), requestsPerSecond);
    }

    /// KV bytes per second out of each GPU with KV of its own, at full rate.
    public double egressBytesPerSecondPerGpu(ModelSpec model, Load load) {
        double bytes =
                KvTransfer.bytesPerRequest(load.inputTokens(), worker.distinctKvBytesPerToken());
        double interval = prompts / requestsPerSecond;
        return KvTransfer.egressBytesPerSecondPerGpu(
                prompts, bytes, interval, Lanes.of(model, worker.parallelism()).perWorker());
    }
}
