package dev.ratematch.harness.cluster;

import dev.ratematch.harness.sim.Histogram;

/// What one vLLM engine counts and exposes: the families, labels and bucket bounds of vLLM V1 with
/// the NIXL connector.
final class EngineMetrics {

    private static final double[] TTFT = {
        .001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160,
        640, 2560
    };
    private static final double[] ITL = {
        .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
    };
    private static final double[] STAGE = {
        .3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
    };
    private static final double[] TRANSFER = {
        .005, .01, .025, .05, .075, .1, .2, .3, .5, .75, 1, 5
    };
    private static final double[] TOKENS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000
    };

    final Histogram promptTokens = new Histogram(TOKENS);
    final Histogram generatedTokens = new Histogram(TOKENS);
    final Histogram computedTokens = new Histogram(TOKENS);
    final Histogram ttft = new Histogram(TTFT);
    final Histogram itl = new Histogram(ITL);
    final Histogram queueTime = new Histogram(STAGE);
    final Histogram prefillTime = new Histogram(STAGE);
    final Histogram decodeTime = new Histogram(STAGE);
    final Histogram transferTime = new Histogram(TRANSFER);
    long promptTokensTotal;
    long computedTokensTotal;
    long cachedTokensTotal;
    long transferredTokensTotal;
    long generationTokensTotal;
    long prefixQueries;
    long prefixHits;
    long succeeded;
    long preempted;

    private static final int BLOCK_TOKENS = 16;
    private final String model;
    private final long kvTokens;

    EngineMetrics(String model, long kvTokens) {
        this.model = model;
        this.kvTokens = kvTokens;
    }

    /// The exposition of an engine, as its `/metrics` would return it now.
    String render(Replica replica) {
        replica.settle();
        var text = new ExpositionText("engine=\"0\",model_name=\"" + model + "\"");
        text.gauge("vllm:num_requests_running", replica.running());
        text.gauge("vllm:num_requests_waiting", replica.waiting());
        text.type("vllm:num_requests_waiting_by_reason", "gauge");
        int deferred = replica.waitingForKv();
        text.sample(
                "vllm:num_requests_waiting_by_reason",
                "reason=\"capacity\"",
                replica.waiting() - deferred);
        text.sample("vllm:num_requests_waiting_by_reason", "reason=\"deferred\"", deferred);
        text.gauge("vllm:kv_cache_usage_perc", replica.kvUsed());
        text.counter("vllm:prefix_cache_queries_total", prefixQueries);
        text.counter("vllm:prefix_cache_hits_total", prefixHits);
        text.counter("vllm:num_preemptions_total", preempted);
        text.counter("vllm:prompt_tokens_total", promptTokensTotal);
        text.type("vllm:prompt_tokens_by_source_total", "counter");
        text.sample(
                "vllm:prompt_tokens_by_source_total",
                "source=\"local_compute\"",
                computedTokensTotal);
        text.sample(
                "vllm:prompt_tokens_by_source_total",
                "source=\"local_cache_hit\"",
                cachedTokensTotal);
        text.sample(
                "vllm:prompt_tokens_by_source_total",
                "source=\"external_kv_transfer\"",
                transferredTokensTotal);
        text.counter("vllm:generation_tokens_total", generationTokensTotal);
        text.type("vllm:request_success_total", "counter");
        text.sample("vllm:request_success_total", "finished_reason=\"stop\"", succeeded);
        text.sample("vllm:request_success_total", "finished_reason=\"abort\"", 0);
        text.histogram("vllm:request_prompt_tokens", promptTokens);
        text.histogram("vllm:request_generation_tokens", generatedTokens);
        text.histogram("vllm:time_to_first_token_seconds", ttft);
        text.histogram("vllm:inter_token_latency_seconds", itl);
        text.histogram("vllm:request_queue_time_seconds", queueTime);
        text.histogram("vllm:request_prefill_time_seconds", prefillTime);
        text.histogram("vllm:request_decode_time_seconds", decodeTime);
        text.histogram("vllm:request_prefill_kv_computed_tokens", computedTokens);
        text.histogram("vllm:nixl_xfer_time_seconds", transferTime);
        text.type("vllm:cache_config_info", "gauge");
        text.sample(
                "vllm:cache_config_info",
                "block_size=\"%d\",num_gpu_blocks=\"%d\""
                        .formatted(BLOCK_TOKENS, kvTokens / BLOCK_TOKENS),
                1);
        return text.toString();
    }
}
