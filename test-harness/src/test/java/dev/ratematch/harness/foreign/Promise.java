package dev.ratematch.harness.foreign;

/// What is promised to users of the foreign plant.
final class Promise {

    /// Seconds to the first token.
    static final double TTFT = 2;

    /// Mean seconds between tokens.
    static final double ITL = 0.030;

    private Promise() {}
}
