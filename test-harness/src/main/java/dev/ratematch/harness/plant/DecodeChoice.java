package dev.ratematch.harness.plant;

/// When a request is given the decode replica that it will go to.
public enum DecodeChoice {
    /// When prefill has ended.
    AFTER_PREFILL,
    /// At its arrival, so that this replica knows of it from then on.
    AT_ARRIVAL
}
