package dev.ratematch.controller.observe;

/// The two phases of disaggregated serving, and the pools that run them.
public enum Role {
    PREFILL,
    DECODE;

    /// The pool that this one trades GPUs with.
    public Role other() {
        return this == PREFILL ? DECODE : PREFILL;
    }

    /// The lower-case name used in JSON, metrics and messages.
    public String label() {
        return this == PREFILL ? "prefill" : "decode";
    }
}
