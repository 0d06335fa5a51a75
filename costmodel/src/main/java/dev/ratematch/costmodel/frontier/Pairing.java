package dev.ratematch.costmodel.frontier;

import dev.ratematch.costmodel.phase.CompiledWorker;

/// Which prefill worker may hand its KV to which decode worker.
public enum Pairing {
    /// NIXL fans out only: attention of the decode side is sharded at least as widely as that of
    /// the prefill side (llm-d #2187).
    FAN_OUT,
    /// Everything pairs.
    ANY;

    /// Whether `prefill` can feed `decode`.
    public boolean allows(CompiledWorker prefill, CompiledWorker decode) {
        return this == ANY || prefill.parallelism().tensor() <= decode.parallelism().tensor();
    }
}
