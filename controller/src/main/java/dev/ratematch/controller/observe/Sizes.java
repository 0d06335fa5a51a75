package dev.ratematch.controller.observe;

/// Replicas of both pools; negative where a count was never known.
public record Sizes(int prefill, int decode) {

    /// Replicas of one pool.
    public int of(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// The pair as people write it, such as `3P5D`.
    public String ratio() {
        return "%dP%dD".formatted(prefill, decode);
    }
}
