package dev.ratematch.harness.judge;

import java.util.Map;

/// The same split for the whole trace.
record StaticPolicy(Episode.Pair pair) implements Policy {

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
                "prefill_replicas", (double) pair.prefill(),
                "decode_replicas", (double) pair.decode());
    }
}
