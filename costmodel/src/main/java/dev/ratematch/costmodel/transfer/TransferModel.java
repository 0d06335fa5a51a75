package dev.ratematch.costmodel.transfer;

import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.units.Check;

/// The KV cache of finished prompts on its way to the decode workers.
///
/// @param mode when the bytes move
/// @param bytesPerSecond bandwidth that one request sees
/// @param latencySeconds start of a transfer
public record TransferModel(Mode mode, double bytesPerSecond, double latencySeconds) {

    /// When the bytes of a prompt move.
    public enum Mode {
        /// The decode worker reads everything after prefill has ended.
        PULL,
        /// The prefill worker writes everything once prefill has ended.
        PUSH,
        /// Every layer is written as soon as it is computed, behind the next ones.
        LAYERWISE
    }

    public TransferModel {
        Check.positive("bytesPerSecond", bytesPerSecond);
        Check.finiteAtLeast("latencySeconds", latencySeconds, 0);
    }

    /// Bytes of one prompt.
    ///
    /// @param promptTokens tokens that the decode side does not hold already
    /// @param distinctKvBytesPerToken bytes per token, each head once
    public static double bytesPerRequest(double promptTokens, double distinctKvBytesPerToken) {
        Check.finiteAtLeast("promptTokens", promptTokens, 0);
        Check.positive("distinctKvBytesPerToken", distinctKvBytesPerToken);
        return promptTokens * distinctKvBytesPerToken;
    }

    /// Seconds that the transfer adds to the time to first token.
    ///
    /// @param bytes bytes of the prompt
    /// @param prefillSeconds duration of its prefill, behind which layer-wise transfer hides
    /// @param layers layers of the model
    public double exposedSeconds(double bytes, double prefillSeconds, int layers) {
        Check.finiteAtLeast("bytes", bytes, 0);
        Check.finiteAtLeast("prefillSeconds", prefillSeconds, 0);
        Check.atLeast("layers", layers, 1);
        double wire = bytes / bytesPerSecond;
        if (mode != Mode.LAYERWISE) {
            return wire + latencySeconds;
        }
        double hidden = prefillSeconds * (layers - 1) / layers;
        // All but the last layer overlaps with prefill. The last layer on top of the overflow
        // would,
        // on a slow link, exceed the plain transfer, which is therefore the cap.
        return Math.min(wire, Math.max(0, wire - hidden) + wire / layers) + latencySeconds;
    }

    /// Bytes per second that each prefill GPU with KV of its own sends: the paper's egress equation
    /// `layers x batch x ISL x head bytes / (FTL x GPUs)`.
    ///
    /// @param batch prompts per iteration of the worker
    /// @param bytes bytes of one prompt
    /// @param prefillSeconds duration of the iteration (FTL)
    /// @param distinctGpus from [#distinctGpus]
    public static double egressBytesPerSecondPerGpu(
            double batch, double bytes, double prefillSeconds, double distinctGpus) {
        Check.positive("prefillSeconds", prefillSeconds);
        Check.positive("distinctGpus", distinctGpus);
        return batch * bytes / (prefillSeconds * distinctGpus);
    }

    /// Bytes per second that each decode GPU with KV of its own receives: the paper's ingress
    /// equation `layers x batch x ISL x head bytes / (TTL x OSL x GPUs)`.
    ///
    /// @param batch sequences that the worker runs
    /// @param bytes bytes of one prompt
    /// @param stepSeconds time between tokens (TTL)
    /// @param outputTokens tokens that a request generates
    /// @param distinctGpus from [#distinctGpus]
    public static double ingressBytesPerSecondPerGpu(
            double batch,
            double bytes,
            double stepSeconds,
            double outputTokens,
            double distinctGpus) {
        Check.positive("stepSeconds", stepSeconds);
        Check.positive("outputTokens", outputTokens);
        Check.positive("distinctGpus", distinctGpus);
        return batch * bytes / (stepSeconds * outputTokens * distinctGpus);
    }

    /// GPUs of a worker that hold KV of their own: duplicates of a head or latent do not count.
    public static double distinctGpus(ModelSpec model, Parallelism parallelism) {
        return parallelism.gpus() / parallelism.kvDuplication(model);
    }
}
