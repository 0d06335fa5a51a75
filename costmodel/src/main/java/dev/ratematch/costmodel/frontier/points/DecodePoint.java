package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.frontier.mix.WorkerRate;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.transfer.KvTransfer;
import dev.ratematch.costmodel.transfer.Lanes;

/// A decode worker at one batch size.
///
/// @param worker the configuration
/// @param sequences sequences that run together, over all copies and stages
/// @param itlSeconds time per output token of a sequence
/// @param requestsPerSecond what one worker sustains
/// @param binding what keeps it from more
public record DecodePoint(
        CompiledWorker worker,
        int sequences,
        double itlSeconds,
        double requestsPerSecond,
        Binding binding) {

    /// Unique among the points of a plan.
    public String name() {
        return worker.parallelism().text();
    }

    /// As a kind of worker of a mix.
    public WorkerRate rate() {
        return new WorkerRate(name(), worker.gpus(), requestsPerSecond);
    }

    /// KV bytes per second into each GPU with KV of its own, at full rate.
    public double ingressBytesPerSecondPerGpu(ModelSpec model, Load load) {
        double bytes =
                KvTransfer.bytesPerRequest(load.inputTokens(), worker.distinctKvBytesPerToken());
        double interval = sequences / (requestsPerSecond * load.outputTokens());
        return KvTransfer.ingressBytesPerSecondPerGpu(
                sequences,
                bytes,
                interval,
                load.outputTokens(),
                Lanes.of(model, worker.parallelism()).perWorker());
    }
}
