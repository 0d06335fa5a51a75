package dev.ratematch.costmodel.frontier;

import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.transfer.TransferModel;
import dev.ratematch.costmodel.units.Check;

/// The way of the KV cache from prefill to decode, seen from one GPU.
///
/// @param mode when the bytes move
/// @param bytesPerSecondPerGpu bandwidth of one GPU in one direction
/// @param latencySeconds start of a transfer
public record Link(TransferModel.Mode mode, double bytesPerSecondPerGpu, double latencySeconds) {

    /// Share of a link that can be filled before transfers queue: the middle of the 0.6 to 0.7 at
    /// which fair-shared links begin to (costmodel reference, 5.2).
    static final double FILL = 0.65;

    public Link {
        Check.positive("bytesPerSecondPerGpu", bytesPerSecondPerGpu);
        Check.finiteAtLeast("latencySeconds", latencySeconds, 0);
    }

    /// Seconds that a transfer adds to the time to first token. The shards of one copy of attention
    /// send in parallel; fan-out to a wider decode worker does not slow them.
    ///
    /// @param bytes of one prompt's KV
    /// @param ftl seconds of its prefill
    public double exposedSeconds(
            ModelSpec model, CompiledWorker prefill, double bytes, double ftl) {
        Parallelism p = prefill.parallelism();
        double senders = TransferModel.distinctGpus(model, p) / p.attentionData();
        return new TransferModel(mode, bytesPerSecondPerGpu * senders, latencySeconds)
                .exposedSeconds(bytes, ftl, model.layers());
    }

    /// Requests per second whose KV the worker's links carry.
    double requestsPerSecond(ModelSpec model, CompiledWorker worker, double bytes) {
        return FILL
                * bytesPerSecondPerGpu
                * TransferModel.distinctGpus(model, worker.parallelism())
                / bytes;
    }
}
