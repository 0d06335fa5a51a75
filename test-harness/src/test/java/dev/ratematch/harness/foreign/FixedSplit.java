package dev.ratematch.harness.foreign;

/// A split that never moves.
record FixedSplit(Counts counts) implements Policy {

    @Override
    public Counts window(Seen seen) {
        return counts;
    }
}
