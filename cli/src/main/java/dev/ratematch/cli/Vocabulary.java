package dev.ratematch.cli;

/// Sentences that options of one name begin with in every command: what they mean is the same, and
/// after them stands only what differs, the default of a sample service for instance.
public final class Vocabulary {

    /// Of `--gpus`.
    public static final String GPUS = "GPU budget of both pools together.";

    /// Of `--ttft`.
    public static final String TTFT = "Time to first token that is promised, such as 2s.";

    /// Of `--itl`.
    public static final String ITL = "Time between tokens that is promised, such as 25ms.";

    /// Of `--kv-link`.
    public static final String KV_LINK =
            "KV bandwidth of one GPU's NIC, one way. Default: the GPU's network adapter.";

    /// Of `--transfer-mode`.
    public static final String TRANSFER_MODE =
            "When KV moves: pull, push, layerwise. Default: pull.";

    private Vocabulary() {}
}
