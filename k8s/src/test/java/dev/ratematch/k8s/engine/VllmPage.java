package dev.ratematch.k8s.engine;

import java.util.Locale;

/// The metrics page of an engine, in vLLM's names.
final class VllmPage {

    private VllmPage() {}

    /// The page with these figures, in its order.
    static String of(Object... figures) {
        return String.format(
                Locale.ROOT,
                """
                vllm:num_requests_running{engine="0"} %d
                vllm:num_requests_waiting{engine="0"} %d
                vllm:kv_cache_usage_perc{engine="0"} %f
                vllm:request_success_total{engine="0",finished_reason="stop"} %d
                vllm:request_prompt_tokens_sum{engine="0"} %f
                vllm:request_prompt_tokens_count{engine="0"} %d
                vllm:request_generation_tokens_sum{engine="0"} %f
                vllm:request_generation_tokens_count{engine="0"} %d
                vllm:time_to_first_token_seconds_sum{engine="0"} %f
                vllm:time_to_first_token_seconds_count{engine="0"} %d
                vllm:inter_token_latency_seconds_sum{engine="0"} %f
                vllm:inter_token_latency_seconds_count{engine="0"} %f
                vllm:request_prefill_time_seconds_sum{engine="0"} %f
                vllm:request_prefill_time_seconds_count{engine="0"} %d
                """,
                figures);
    }
}
