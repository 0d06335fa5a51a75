package dev.ratematch.k8s.fleet;

/// What one engine has to do.
///
/// @param requests running and waiting
/// @param kvUsed share of its KV blocks in use, 0 to 1; NaN when not exposed
public record PodLoad(double requests, double kvUsed) {

    /// Whether the pod can go without breaking anybody's answer: nothing runs or waits, and on
    /// prefill no KV is left that a decode pod has yet to read.
    public boolean drained(boolean prefill) {
        return requests <= 0 && (!prefill || !(kvUsed > 0));
    }
}
