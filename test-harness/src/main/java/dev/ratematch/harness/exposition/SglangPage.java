package dev.ratematch.harness.exposition;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.plant.EngineState;

/// SGLang of 2026. Its scheduler's series carry ranks, those of its request handling do not. A
/// decode engine knows a request from its arrival: it waits in the prealloc queue for KV room and
/// in the transfer queue for KV, prefill's time included.
final class SglangPage implements EnginePage {

    @Override
    public Buckets buckets() {
        return Buckets.SGLANG;
    }

    @Override
    public boolean showsPasses() {
        return true;
    }

    @Override
    public String render(EngineMetrics counted, EngineState state) {
        boolean prefill = counted.engine.role() == Role.PREFILL;
        String who =
                "engine_type=\"%s\",model_name=\"%s\""
                        .formatted(counted.engine.role().label(), counted.model);
        var text = new ExpositionText(who + ",moe_ep_rank=\"0\",pp_rank=\"0\",tp_rank=\"0\"");
        scheduler(text, counted, state, prefill);
        text.labels(who);
        String streaming = "is_streaming=\"true\"";
        counter(text, "sglang:prompt_tokens_total", streaming, (long) counted.promptTokens.sum());
        counter(
                text,
                "sglang:generation_tokens_total",
                streaming,
                (long) counted.generatedTokens.sum());
        counter(text, "sglang:num_requests_total", streaming, counted.succeeded);
        if (counted.cachedTokensTotal > 0) { // made when it is first counted
            counter(
                    text,
                    "sglang:cached_tokens_total",
                    "cache_source=\"device\"",
                    counted.cachedTokensTotal);
        }
        text.histogram("sglang:prompt_tokens_histogram", counted.promptTokens);
        text.histogram(
                "sglang:uncached_prompt_tokens_histogram",
                prefill ? counted.computedTokens : counted.promptTokens);
        text.histogram("sglang:generation_tokens_histogram", counted.generatedTokens);
        text.histogram("sglang:inter_token_latency_seconds", counted.itl);
        text.labels(who + "," + streaming);
        text.histogram(
                "sglang:time_to_first_token_seconds",
                prefill ? counted.ttft : counted.ttftFromArrival);
        return text.toString();
    }

    private static void scheduler(
            ExpositionText text, EngineMetrics counted, EngineState state, boolean prefill) {
        int wantRoom = prefill ? 0 : state.waiting() - state.arriving();
        text.gauge("sglang:num_running_reqs", state.running());
        text.gauge("sglang:num_queue_reqs", prefill ? state.waiting() : 0);
        text.gauge("sglang:token_usage", state.kvUsed());
        text.gauge("sglang:max_total_num_tokens", counted.engine.kvTokens());
        text.gauge("sglang:spec_accept_length", 0);
        text.gauge("sglang:num_prefill_bootstrap_queue_reqs", 0);
        text.gauge("sglang:num_prefill_inflight_queue_reqs", prefill ? state.held() : 0);
        text.gauge("sglang:num_decode_prealloc_queue_reqs", wantRoom);
        text.gauge(
                "sglang:num_decode_transfer_queue_reqs",
                prefill ? 0 : state.arriving() + state.expected());
        text.counter("sglang:num_retracted_requests_total", counted.preempted);
        text.histogram(
                "sglang:kv_transfer_latency_ms", prefill ? counted.sendTime : counted.transferTime);
        text.histogram("sglang:queue_time_seconds", counted.queueTime);
        text.type("sglang:realtime_tokens_total", "counter");
        if (prefill) {
            realtime(text, "prefill_compute", counted.computedTokensTotal);
            realtime(text, "prefill_cache", counted.cachedTokensTotal);
        } else {
            realtime(text, "decode", counted.generationTokensTotal);
        }
        if (prefill) {
            text.type("sglang:per_stage_req_latency_seconds", "histogram");
            text.buckets(
                    "sglang:per_stage_req_latency_seconds",
                    "stage=\"prefill_forward\"",
                    counted.lastPassTime);
            if (counted.chunksTime.count() > 0) { // made when it is first observed
                text.buckets(
                        "sglang:per_stage_req_latency_seconds",
                        "stage=\"chunked_prefill\"",
                        counted.chunksTime);
            }
        }
    }

    private static void realtime(ExpositionText text, String mode, long tokens) {
        text.sample("sglang:realtime_tokens_total", "mode=\"%s\"".formatted(mode), tokens);
    }

    private static void counter(ExpositionText text, String name, String labels, long value) {
        text.type(name, "counter");
        text.sample(name, labels, value);
    }
}
