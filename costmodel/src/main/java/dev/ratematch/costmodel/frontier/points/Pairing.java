package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.phase.CompiledWorker;

/// Which prefill worker may hand its KV to which decode worker.
public enum Pairing {
    /// NIXL fans out only: KV heads of the decode side are sharded at least as widely as those of
    /// the prefill side (llm-d #2187). Latent caches are whole on every GPU and pair with anything.
    FAN_OUT,
    /// Everything pairs.
    ANY;

    /// Whether `prefill` can feed `decode`.
    public boolean allows(CompiledWorker prefill, CompiledWorker decode, ModelSpec model) {
        return this == ANY
                || prefill.parallelism().unpairable(decode.parallelism(), model).isEmpty();
    }

    /// Whether widths of attention matter at all.
    public boolean binds(ModelSpec model) {
        return this == FAN_OUT && model.mla().isEmpty();
    }
}
