package dev.ratematch.harness.exposition;

import dev.ratematch.harness.plant.EngineState;

/// The metrics page of one engine's dialect.
interface EnginePage {

    /// Bounds of its histograms.
    Buckets buckets();

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
