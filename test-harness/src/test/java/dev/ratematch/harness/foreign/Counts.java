package dev.ratematch.harness.foreign;

/// Replicas of both roles, as commanded.
record Counts(int prefill, int decode) {

    static Counts even(int replicas) {
        return new Counts(replicas / 2, replicas - replicas / 2);
    }

    @Override
    public String toString() {
        return prefill + "P" + decode + "D";
    }
}
