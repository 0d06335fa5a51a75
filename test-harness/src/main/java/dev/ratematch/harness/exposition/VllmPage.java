package dev.ratematch.harness.exposition;

import dev.ratematch.harness.plant.EngineState;

/// vLLM V1 with the NIXL connector.
final class VllmPage implements EnginePage {

    private static final int BLOCK_TOKENS = 16;

    @Override
    public Buckets buckets() {
        return Buckets.VLLM;
    }

    @Override
    public String render(EngineMetrics counted, EngineState state) {
        var text = new ExpositionText("engine=\"0\",model_name=\"" + counted.model + "\"");
        write(text, counted, state);
        return text.toString();
    }

    /// Appends the families of vLLM.
    static void write(ExpositionText text, EngineMetrics counted, EngineState state) {
        text.gauge("vllm:num_requests_running", state.running());
        text.gauge("vllm:num_requests_waiting", state.waiting());
        text.type("vllm:num_requests_waiting_by_reason", "gauge");
        int deferred = state.waitingForKv();
        text.sample(
                "vllm:num_requests_waiting_by_reason",
                "reason=\"capacity\"",
                state.waiting() - deferred);
        text.sample("vllm:num_requests_waiting_by_reason", "reason=\"deferred\"", deferred);
        text.gauge("vllm:kv_cache_usage_perc", state.kvUsed());
        text.counter("vllm:prefix_cache_queries_total", counted.prefixQueries);
        text.counter("vllm:prefix_cache_hits_total", counted.prefixHits);
        text.counter("vllm:num_preemptions_total", counted.preempted);
        text.counter("vllm:prompt_tokens_total", counted.promptTokensTotal);
        text.type("vllm:prompt_tokens_by_source_total", "counter");
        source(text, "local_compute", counted.computedTokensTotal);
        source(text, "local_cache_hit", counted.cachedTokensTotal);
        source(text, "external_kv_transfer", counted.transferredTokensTotal);
        text.counter("vllm:generation_tokens_total", counted.generationTokensTotal);
        text.type("vllm:request_success_total", "counter");
        text.sample("vllm:request_success_total", "finished_reason=\"stop\"", counted.succeeded);
        text.sample("vllm:request_success_total", "finished_reason=\"abort\"", 0);
        text.histogram("vllm:request_prompt_tokens", counted.promptTokens);
        text.histogram("vllm:request_generation_tokens", counted.generatedTokens);
        text.histogram("vllm:time_to_first_token_seconds", counted.ttft);
        text.histogram("vllm:inter_token_latency_seconds", counted.itl);
        text.histogram("vllm:request_queue_time_seconds", counted.queueTime);
        text.histogram("vllm:request_prefill_time_seconds", counted.prefillTime);
        text.histogram("vllm:request_decode_time_seconds", counted.decodeTime);
        text.histogram("vllm:request_prefill_kv_computed_tokens", counted.computedTokens);
        text.histogram("vllm:nixl_xfer_time_seconds", counted.transferTime);
        if (counted.drafts > 0) {
            text.counter("vllm:spec_decode_num_drafts_total", counted.drafts);
            text.counter("vllm:spec_decode_num_accepted_tokens_total", counted.acceptedDrafts);
        }
        text.type("vllm:cache_config_info", "gauge");
        text.sample(
                "vllm:cache_config_info",
                "block_size=\"%d\",num_gpu_blocks=\"%d\""
                        .formatted(BLOCK_TOKENS, counted.engine.kvTokens() / BLOCK_TOKENS),
                1);
    }

    private static void source(ExpositionText text, String name, long tokens) {
        text.sample("vllm:prompt_tokens_by_source_total", "source=\"%s\"".formatted(name), tokens);
    }
}
