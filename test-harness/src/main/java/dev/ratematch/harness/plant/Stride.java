package dev.ratematch.harness.plant;

/// Decode steps of one batch that are one event. Until the batch changes its resident tokens grow
/// by its size each step, so any number of steps has a closed form. Whoever needs the state in
/// between settles the steps that have ended.
final class Stride {

    private static final double SECONDS = 1e9;
    private static final int LONGEST = 32;

    private long startNanos;
    private double stallSeconds;
    private double factor;
    private double firstSeconds;
    private double growthSeconds;
    private int steps;
    private int settled;
    private long settledNanos;

    /// Begins anew; an engine makes one stride after another.
    ///
    /// @param most steps until the batch changes by itself
    /// @param stall seconds before the first step, for prompts that are computed again
    /// @param slowness factor on the time of every step
    /// @param first seconds, the time of the first step
    /// @param growth seconds by which each step takes longer than the one before
    void begin(
            long atNanos, long most, double stall, double slowness, double first, double growth) {
        startNanos = atNanos;
        steps = Math.clamp(most, 1, LONGEST);
        stallSeconds = stall;
        factor = slowness;
        firstSeconds = first;
        growthSeconds = growth;
        settled = 0;
        settledNanos = 0;
    }

    private long nanosAfter(int count) {
        if (count == 0) {
            return 0;
        }
        double seconds = count * firstSeconds + growthSeconds * count * (count - 1.0) / 2;
        return Math.max(count, Math.round(SECONDS * (stallSeconds + factor * seconds)));
    }

    /// Steps that it is made of.
    int steps() {
        return steps;
    }

    /// Steps that are settled.
    int settled() {
        return settled;
    }

    /// When its last step ends.
    long endNanos() {
        return startNanos + nanosAfter(steps);
    }

    /// When the first step that is not settled ends.
    long nextNanos() {
        return startNanos + nanosAfter(settled + 1);
    }

    /// Steps that have ended by then, the last one excepted: its own event settles it.
    int endedBy(long nowNanos) {
        long elapsed = nowNanos - startNanos;
        int low = settled;
        int high = steps - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (nanosAfter(middle) <= elapsed) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /// The steps until that one are settled.
    ///
    /// @return mean time of those that were not before, seconds
    double settle(int until) {
        long nanos = nanosAfter(until);
        double seconds = (nanos - settledNanos) / SECONDS / (until - settled);
        settled = until;
        settledNanos = nanos;
        return seconds;
    }

    /// Lets it end with the step that is under way.
    ///
    /// @return whether that is sooner than before
    boolean cut() {
        if (settled + 1 >= steps) {
            return false;
        }
        steps = settled + 1;
        return true;
    }
}
