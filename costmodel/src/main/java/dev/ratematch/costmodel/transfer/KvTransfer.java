package dev.ratematch.costmodel.transfer;

import dev.ratematch.costmodel.units.Check;

/// What the KV cache of finished prompts costs on its way to the decode workers.
public final class KvTransfer {

    /// Share of the links that can be filled before transfers queue: the middle of the 0.6 to 0.7
    /// at which fair-shared links begin to (costmodel reference, 5.2). No measurement yet: no
    /// public data tells how long transfers take by how full a link is.
    public static final double FILL_MAX = 0.65;

    private KvTransfer() {}

    /// Bytes of one prompt.
    ///
    /// @param promptTokens tokens that the decode side does not hold already
    /// @param distinctKvBytesPerToken bytes per token, each head once
    public static double bytesPerRequest(double promptTokens, double distinctKvBytesPerToken) {
        Check.finiteAtLeast("promptTokens", promptTokens, 0);
        Check.positive("distinctKvBytesPerToken", distinctKvBytesPerToken);
        return promptTokens * distinctKvBytesPerToken;
    }

    /// Seconds of one prompt's transfer on idle links, latency included.
    ///
    /// @param lanes links that it goes over, from [Lanes#to] or [Lanes#perRequest]
    /// @param bytes bytes of the prompt
    public static double seconds(KvLink link, double lanes, double bytes) {
        return wireSeconds(link, lanes, bytes) + link.latencySeconds();
    }

    private static double wireSeconds(KvLink link, double lanes, double bytes) {
        Check.positive("lanes", lanes);
        Check.finiteAtLeast("bytes", bytes, 0);
        return bytes / (lanes * link.bytesPerSecondPerGpu());
    }

    /// Seconds that the transfer adds to the time to first token.
    ///
    /// @param lanes links that it goes over
    /// @param bytes bytes of the prompt
    /// @param prefillSeconds duration of its prefill, behind which layer-wise transfer hides
    /// @param layers layers of the model
    public static double exposedSeconds(
            KvLink link, double lanes, double bytes, double prefillSeconds, int layers) {
        Check.finiteAtLeast("prefillSeconds", prefillSeconds, 0);
        Check.atLeast("layers", layers, 1);
        double wire = wireSeconds(link, lanes, bytes);
        if (link.mode() != KvLink.Mode.LAYERWISE) {
            return wire + link.latencySeconds();
        }
        double hidden = prefillSeconds * (layers - 1) / layers;
        // All but the last layer overlaps with prefill. On a slow link, the last layer on top of
        // the overflow would exceed the plain transfer, which is therefore the cap.
        return Math.min(wire, Math.max(0, wire - hidden) + wire / layers) + link.latencySeconds();
    }

    /// Requests per second whose KV fills links, so that not one more would fit.
    ///
    /// @param lanes links of one side, from [Lanes#perWorker] and the workers
    /// @param bytes bytes of one prompt
    public static double fullRequestsPerSecond(KvLink link, double lanes, double bytes) {
        return lanes * link.bytesPerSecondPerGpu() / bytes;
    }

    /// Requests per second whose KV the links of one side carry without a queue.
    ///
    /// @param lanes links of one side, from [Lanes#perWorker] and the workers
    /// @param bytes bytes of one prompt
    public static double requestsPerSecond(KvLink link, double lanes, double bytes) {
        return FILL_MAX * fullRequestsPerSecond(link, lanes, bytes);
    }

    /// Bytes per second that each prefill GPU with KV of its own sends: the paper's egress equation
    /// `layers x batch x ISL x head bytes / (FTL x GPUs)`.
    ///
    /// @param batch prompts per iteration of the worker
    /// @param bytes bytes of one prompt
    /// @param prefillSeconds duration of the iteration (FTL)
    /// @param distinctGpus from [Lanes#perWorker]
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
    /// @param distinctGpus from [Lanes#perWorker]
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
}
