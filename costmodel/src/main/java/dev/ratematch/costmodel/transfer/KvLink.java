package dev.ratematch.costmodel.transfer;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.units.Check;
import dev.ratematch.costmodel.units.Names;

/// The path that KV takes from prefill to decode. What it costs is told by [KvTransfer].
///
/// @param bytesPerSecondPerGpu one-way bandwidth of one GPU's link, B/s
/// @param mode how transfer and prefill overlap
/// @param latencySeconds fixed cost of one transfer, seconds
public record KvLink(double bytesPerSecondPerGpu, Mode mode, double latencySeconds) {

    /// Fixed cost of a transfer where nobody says, seconds. No measurement yet.
    public static final double LATENCY_SECONDS = 0.002;

    /// When KV leaves the prefill replica.
    public enum Mode {
        /// One read by decode after prefill: vLLM's NIXL connector.
        PULL,
        /// One write by prefill after prefill.
        PUSH,
        /// Each layer as it is produced, overlapped with the next.
        LAYERWISE;

        /// The mode of that name, ignoring case.
        ///
        /// @param field that it was given in, for the message
        public static Mode parse(String field, String text) {
            for (var mode : values()) {
                if (mode.name().equalsIgnoreCase(text)) {
                    return mode;
                }
            }
            throw Names.unknown(field, text, Names.of(values()));
        }
    }

    public KvLink {
        Check.positive("kv_link.gb_s_per_gpu", bytesPerSecondPerGpu);
        Check.finiteAtLeast("kv_link.latency", latencySeconds, 0);
    }

    /// A link of that bandwidth and the usual latency.
    public static KvLink of(double bytesPerSecondPerGpu, Mode mode) {
        return new KvLink(bytesPerSecondPerGpu, mode, LATENCY_SECONDS);
    }

    /// The link where nobody says: the network adapter of the GPU. Engines of both roles run in
    /// pods of their own, which reach one another over the network; whoever has them talk over
    /// NVLink says so.
    public static KvLink of(Accelerator accelerator, Mode mode) {
        return of(accelerator.nicBytesPerSecond(), mode);
    }
}
