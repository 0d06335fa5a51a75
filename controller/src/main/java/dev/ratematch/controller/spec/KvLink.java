package dev.ratematch.controller.spec;

import dev.ratematch.costmodel.units.Check;

/// The path that KV takes from prefill to decode.
///
/// @param bytesPerSecondPerGpu one-way bandwidth of one GPU's NIC, B/s
/// @param mode how transfer and prefill overlap
/// @param latencySeconds fixed cost of one transfer, seconds
public record KvLink(double bytesPerSecondPerGpu, Mode mode, double latencySeconds) {

    /// When KV leaves the prefill replica.
    public enum Mode {
        /// One read by decode after prefill: vLLM's NIXL connector.
        PULL,
        /// One write by prefill after prefill.
        PUSH,
        /// Each layer as it is produced, overlapped with the next.
        LAYERWISE
    }

    public KvLink {
        Check.positive("kv_link.gb_s_per_gpu", bytesPerSecondPerGpu);
        Check.finiteAtLeast("kv_link.latency", latencySeconds, 0);
    }
}
