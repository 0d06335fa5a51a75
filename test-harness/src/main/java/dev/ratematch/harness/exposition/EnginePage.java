package dev.ratematch.harness.exposition;

import dev.ratematch.harness.plant.EngineState;

/// The metrics page of one engine's dialect.
interface EnginePage {

    /// Bounds of its histograms.
    Buckets buckets();

    /// Whether it tells the passes of a prompt apart, the KV sent from the KV received, and TTFT
    /// since the request came from TTFT since the stage before.
    default boolean showsPasses() {
        return false;
    }

    /// Whether TTFT and time per token are observed when a request ends.
    default boolean showsEnds() {
        return false;
    }

    /// The page now.
    String render(EngineMetrics counted, EngineState state);

    /// The page of an engine.
    static EnginePage of(Dialect.Engine engine) {
        return switch (engine) {
            case VLLM -> new VllmPage();
            case SGLANG -> new SglangPage();
            case TRTLLM -> new TrtllmPage();
            case DYNAMO -> new DynamoWorkerPage();
        };
    }
}
