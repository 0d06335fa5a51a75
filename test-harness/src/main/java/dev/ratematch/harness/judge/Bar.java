package dev.ratematch.harness.judge;

/// What an outcome must reach to be of any use; a run that cannot is given up. It may rise
/// meanwhile.
@FunctionalInterface
interface Bar {

    /// Good requests, at least.
    int good();

    /// GPU-hours, at most: what somebody needed who served everybody well.
    default double gpuHours() {
        return Double.POSITIVE_INFINITY;
    }
}
