package dev.ratematch.harness.exposition;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.plant.EngineState;
import java.util.Locale;

/// A worker of NVIDIA Dynamo at its system port: its own families, and those of the vLLM in it with
/// Dynamo's labels added. KV gauges are there on decode workers only.
final class DynamoWorkerPage implements EnginePage {

    private static final int BLOCK_TOKENS = 16;

    /// Worker ids are large numbers without meaning.
    private static final long FIRST_WORKER = 7_587_891_281_670_000_000L;

    private static final int DECODE_WORKERS_FROM = 500;

    @Override
    public Buckets buckets() {
        return Buckets.VLLM;
    }

    /// The id of a worker, as the frontend names it too.
    static String workerId(Role role, int number) {
        return Long.toString(
                FIRST_WORKER + number + (role == Role.DECODE ? DECODE_WORKERS_FROM : 0));
    }

    @Override
    public String render(EngineMetrics counted, EngineState state) {
        var engine = counted.engine;
        String component = engine.role() == Role.PREFILL ? "prefill" : "backend";
        String model = "model=\"%s\"".formatted(counted.model.toLowerCase(Locale.ROOT));
        String place =
                "dynamo_component=\"%s\",dynamo_endpoint=\"generate\",dynamo_namespace=\"dynamo\""
                        .formatted(component);
        String worker = "worker_id=\"%s\"".formatted(workerId(engine.role(), engine.number()));
        var text = new ExpositionText(String.join(",", place, model, worker));
        text.gauge("dynamo_component_inflight_requests", state.running() + state.waiting());
        text.counter("dynamo_component_requests_total", counted.succeeded);
        if (engine.role() == Role.DECODE) {
            text.labels("dp_rank=\"0\",dynamo_component=\"%s\",%s".formatted(component, model));
            text.gauge("dynamo_component_gpu_cache_usage_percent", state.kvUsed());
            text.gauge("dynamo_component_total_blocks", engine.kvTokens() / BLOCK_TOKENS);
        }
        text.labels(
                String.join(
                        ",",
                        place,
                        "engine=\"0\"",
                        model,
                        "model_name=\"%s\"".formatted(counted.model),
                        worker));
        VllmPage.write(text, counted, state);
        return text.toString();
    }
}
