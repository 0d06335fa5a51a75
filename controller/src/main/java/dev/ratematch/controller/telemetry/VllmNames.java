package dev.ratematch.controller.telemetry;

import java.util.Set;

/// The families that are read, and a filter that lets a parser skip the rest. A gateway may have
/// replaced the colon by an underscore.
public final class VllmNames {

    static final String RUNNING = "vllm:num_requests_running";
    static final String WAITING = "vllm:num_requests_waiting";
    static final String WAITING_BY_REASON = "vllm:num_requests_waiting_by_reason";
    static final String[] KV_USED = {"vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"};
    static final String CACHE_CONFIG = "vllm:cache_config_info";
    static final String FINISHED = "vllm:request_success_total";
    static final String PROMPT_BY_SOURCE = "vllm:prompt_tokens_by_source_total";
    static final String GENERATED = "vllm:generation_tokens_total";
    static final String ISL = "vllm:request_prompt_tokens";
    static final String OSL = "vllm:request_generation_tokens";
    static final String COMPUTED = "vllm:request_prefill_kv_computed_tokens";
    static final String TTFT = "vllm:time_to_first_token_seconds";
    static final String[] ITL = {
        "vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"
    };
    static final String PREFILL_TIME = "vllm:request_prefill_time_seconds";
    static final String TRANSFER_TIME = "vllm:nixl_xfer_time_seconds";
    static final String[] CACHE_QUERIES = {
        "vllm:prefix_cache_queries_total",
        "vllm:prefix_cache_queries",
        "vllm:gpu_prefix_cache_queries_total"
    };
    static final String[] CACHE_HITS = {
        "vllm:prefix_cache_hits_total", "vllm:prefix_cache_hits", "vllm:gpu_prefix_cache_hits_total"
    };
    static final String DRAFTS = "vllm:spec_decode_num_drafts_total";
    static final String ACCEPTED = "vllm:spec_decode_num_accepted_tokens_total";

    static final String STARTED = "dynamo_frontend_requests_started_total";
    static final String ANSWERED = "dynamo_frontend_requests_total";
    static final String USER_TTFT = "dynamo_frontend_time_to_first_token_seconds";
    static final String USER_ISL = "dynamo_frontend_input_sequence_tokens";
    static final String USER_OSL = "dynamo_frontend_output_sequence_tokens";
    static final String WORKER_PREFILL_TOKENS = "dynamo_frontend_worker_active_prefill_tokens";

    private static final Set<String> READ =
            Set.of(
                    RUNNING,
                    WAITING,
                    WAITING_BY_REASON,
                    KV_USED[0],
                    KV_USED[1],
                    CACHE_CONFIG,
                    FINISHED,
                    PROMPT_BY_SOURCE,
                    GENERATED,
                    ISL,
                    OSL,
                    COMPUTED,
                    TTFT,
                    ITL[0],
                    ITL[1],
                    PREFILL_TIME,
                    TRANSFER_TIME,
                    CACHE_QUERIES[0],
                    CACHE_QUERIES[1],
                    CACHE_QUERIES[2],
                    CACHE_HITS[0],
                    CACHE_HITS[1],
                    CACHE_HITS[2],
                    DRAFTS,
                    ACCEPTED,
                    STARTED,
                    ANSWERED,
                    USER_TTFT,
                    USER_ISL,
                    USER_OSL,
                    WORKER_PREFILL_TOKENS);

    private VllmNames() {}

    /// A parser that keeps exactly what the reader reads.
    public static ExpositionParser parser() {
        return ExpositionParser.keeping(VllmNames::read);
    }

    /// Whether a sample of this name is read.
    static boolean read(String name) {
        String colon = name.startsWith("vllm_") ? "vllm:" + name.substring(5) : name;
        return READ.contains(colon) || READ.contains(family(colon));
    }

    private static String family(String name) {
        for (String suffix : new String[] {"_bucket", "_sum", "_count"}) {
            if (name.endsWith(suffix)) {
                return name.substring(0, name.length() - suffix.length());
            }
        }
        return name;
    }
}
