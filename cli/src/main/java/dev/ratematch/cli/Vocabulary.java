package dev.ratematch.cli;

/// Sentences that options of one name begin with in every command: what they mean is the same, and
/// after them stands only what differs, the default of a sample service for instance.
public final class Vocabulary {

    /// Of `--gpus`.
    public static final String GPUS = "GPU budget of both pools together.";

    /// Of `--ttft`.
    public static final String TTFT = "Target for the time to first token, such as 2s.";

    /// Of `--itl`.
    public static final String ITL = "Target for the time between tokens, such as 25ms.";

    /// Of `--kv-link`.
    public static final String KV_LINK =
            "KV transfer bandwidth of one GPU's NIC, in one direction. Default: that of the "
                    + "GPU's network adapter.";

    /// Of `--transfer-mode`.
    public static final String TRANSFER_MODE =
            "When the KV cache is transferred: pull, push or layerwise. Default: pull.";

    private Vocabulary() {}
}
