package dev.ratematch.harness.judge;

import java.util.Map;

/// The same split for the whole trace.
record StaticPolicy(Episode.Pair pair) implements WindowPolicy {

    private static final String PREFILL = "prefill_replicas";
    private static final String DECODE = "decode_replicas";

    @Override
    public String name() {
        return "static-best";
    }

    @Override
    public Command decide(View view) {
        return new Command(pair.prefill(), pair.decode(), "");
    }

    @Override
    public Map<String, Double> targets() {
        return Map.of(
                PREFILL, (double) pair.prefill(),
                DECODE, (double) pair.decode());
    }

    /// The split that an outcome of this policy kept.
    static Episode.Pair split(Outcome outcome) {
        return new Episode.Pair(
                outcome.targets().getOrDefault(PREFILL, 1.0).intValue(),
                outcome.targets().getOrDefault(DECODE, 1.0).intValue());
    }
}
