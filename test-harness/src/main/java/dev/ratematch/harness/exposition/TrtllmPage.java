package dev.ratematch.harness.exposition;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.plant.EngineState;
import dev.ratematch.harness.sim.Histogram;

/// trtllm-serve at `/prometheus/metrics`. Tokens and latencies are counted when a request ends;
/// lengths have no histogram, and nothing tells what waits for KV.
final class TrtllmPage implements EnginePage {

    private static final int BLOCK_TOKENS = 32;
    private static final Histogram NOTHING = new Histogram(Buckets.TRTLLM.token());

    @Override
    public Buckets buckets() {
        return Buckets.TRTLLM;
    }

    @Override
    public boolean showsEnds() {
        return true;
    }

    @Override
    public String render(EngineMetrics counted, EngineState state) {
        boolean prefill = counted.engine.role() == Role.PREFILL;
        String who = "engine_type=\"trtllm\",model_name=\"%s\"".formatted(counted.model);
        var text = new ExpositionText(who);
        text.type("trtllm_request_success_total", "counter");
        text.sample(
                "trtllm_request_success_total",
                "finished_reason=\"%s\"".formatted(prefill ? "length" : "stop"),
                counted.succeeded);
        text.histogram(
                "trtllm_time_to_first_token_seconds", prefill ? counted.ttft : counted.ttftOfEnded);
        text.histogram(
                "trtllm_time_per_output_token_seconds", prefill ? NOTHING : counted.timePerToken);
        text.histogram("trtllm_request_queue_time_seconds", counted.queueTime);
        text.histogram("trtllm_request_prefill_time_seconds", counted.prefillTime);
        text.histogram("trtllm_request_decode_time_seconds", counted.decodeTime);
        text.counter("trtllm_prompt_tokens_total", (long) counted.promptTokens.sum());
        text.counter("trtllm_generation_tokens_total", (long) counted.generatedTokens.sum());
        text.counter("trtllm_prompt_cached_tokens_total", counted.cachedTokensTotal);
        text.counter(
                "trtllm_kv_cache_reused_blocks_total", counted.cachedTokensTotal / BLOCK_TOKENS);
        text.counter(
                "trtllm_kv_cache_missed_blocks_total", counted.computedTokensTotal / BLOCK_TOKENS);
        text.labels(who + ",pid=\"184\"");
        text.gauge("trtllm_num_requests_running", state.running());
        text.gauge("trtllm_num_requests_waiting", state.waiting());
        text.gauge("trtllm_num_context_requests", prefill ? state.running() : 0);
        text.gauge("trtllm_num_generation_requests", prefill ? 0 : state.running());
        text.gauge("trtllm_kv_cache_utilization", state.kvUsed());
        text.gauge("trtllm_kv_cache_max_blocks", counted.engine.kvTokens() / BLOCK_TOKENS);
        text.gauge("trtllm_kv_cache_tokens_per_block", BLOCK_TOKENS);
        text.gauge("trtllm_avg_decoded_tokens_per_iter", !prefill && state.running() > 0 ? 1 : 0);
        return text.toString();
    }
}
