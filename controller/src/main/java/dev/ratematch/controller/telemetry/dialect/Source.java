package dev.ratematch.controller.telemetry.dialect;

/// What a pod is to the reader. The host tells; metrics never do.
public enum Source {
    PREFILL,
    DECODE,
    FRONTEND;

    /// The lower-case name used in JSON and messages.
    public String label() {
        return switch (this) {
            case PREFILL -> "prefill";
            case DECODE -> "decode";
            case FRONTEND -> "frontend";
        };
    }
}
