package dev.ratematch.sizing.launch;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.memory.CacheBudget;
import dev.ratematch.costmodel.parallel.KvDtype;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Command lines of TensorRT-LLM, and the file that holds most of what it is told.
final class Trtllm {

    /// Prompts up to this many times the mean pass the transfer buffer whole; longer ones in parts.
    private static final double BUFFER_OVER_MEAN = 2;

    private static final int BUFFER_STEP = 1024;

    private Trtllm() {}

    static Started serve(PlannedFleet fleet, Pool pool, Place place) {
        int hosts = pool.hosts(fleet.accelerator().hostGpus());
        if (hosts > 1) {
            throw new IllegalArgumentException(
                    ("%s %s spans %d hosts of %d GPUs, which TensorRT-LLM takes MPI between pods for:"
                                    + " give --emit dynamo, whose operator sets it up, or plan with"
                                    + " --engine vllm or sglang.")
                            .formatted(
                                    pool.role().label(),
                                    pool.parallelism().text(),
                                    hosts,
                                    fleet.accelerator().hostGpus()));
        }
        var words =
                new Launch.Words()
                        .add("trtllm-serve", "serve", fleet.checkpoint())
                        .add("--host", "0.0.0.0", "--port", place.port())
                        .add("--extra_llm_api_options")
                        .add(ServingEngine.FILE_FOLDER + "/" + ServingEngine.fileOf(pool))
                        .add("--server_role")
                        .add(pool.role() == Role.PREFILL ? "context" : "generation")
                        .add("--disagg_cluster_uri", "http://" + place.router());
        return new Started(words.launch(), Optional.empty(), 1, Map.of(), file(fleet, pool));
    }

    static Started component(PlannedFleet fleet, Pool pool) {
        var words =
                new Launch.Words()
                        .add("python3", "-m", "dynamo.trtllm")
                        .add("--model", fleet.checkpoint())
                        .add("--served-model-name", fleet.checkpoint())
                        .add("--disaggregation-mode", pool.role().label())
                        .add("--extra-engine-args")
                        .add(ServingEngine.FILE_FOLDER + "/" + ServingEngine.fileOf(pool))
                        .add("--publish-kv-events");
        return new Started(
                words.launch(),
                Optional.empty(),
                pool.hosts(fleet.accelerator().hostGpus()),
                Map.of(),
                file(fleet, pool));
    }

    /// Fields of TensorRT-LLM's `TorchLlmArgs`.
    private static Map<String, Object> file(PlannedFleet fleet, Pool pool) {
        var parallelism = pool.parallelism();
        int copies = parallelism.attentionData();
        if (copies > 1 && parallelism.tensor() > 1) {
            throw new IllegalArgumentException(
                    ("%s %s cannot be started with TensorRT-LLM, which copies attention to every GPU"
                                    + " or to none; plan with --engine vllm or sglang.")
                            .formatted(pool.role().label(), parallelism.text()));
        }
        boolean prefill = pool.role() == Role.PREFILL;
        var file = new LinkedHashMap<String, Object>();
        file.put("backend", "pytorch");
        file.put("tensor_parallel_size", parallelism.gpusPerStage());
        file.put("pipeline_parallel_size", parallelism.pipeline());
        if (parallelism.expert() > 1) {
            file.put("moe_expert_parallel_size", parallelism.expert());
            file.put("moe_tensor_parallel_size", parallelism.expertTensor());
        }
        file.put("enable_attention_dp", copies > 1);
        file.put("max_batch_size", Math.ceilDiv(pool.sequences(), parallelism.pipeline()));
        file.put("max_num_tokens", pool.batchedTokens());
        if (parallelism.chunkTokens() > 0) {
            file.put("enable_chunked_prefill", true);
        }
        // A context server hands a request on after its first step: there is nothing to overlap.
        file.put("disable_overlap_scheduler", prefill);
        if (!prefill) {
            file.put(
                    "cuda_graph_config",
                    ordered("enable_padding", true, "max_batch_size", pool.sequences()));
        }
        file.put(
                "kv_cache_config",
                ordered(
                        "dtype",
                        fleet.kv() == KvDtype.FP8 ? "fp8" : "auto",
                        "free_gpu_memory_fraction",
                        CacheBudget.SHARE));
        file.put(
                "cache_transceiver_config",
                ordered("backend", "NIXL", "max_tokens_in_buffer", buffer(fleet)));
        if (fleet.load().draftTokens() > 0 && fleet.drafts()) {
            file.put(
                    "speculative_config",
                    ordered(
                            "decoding_type",
                            "MTP",
                            "num_nextn_predict_layers",
                            (int) Math.ceil(fleet.load().draftTokens())));
        }
        file.put("return_perf_metrics", true);
        file.put("enable_iter_perf_stats", true);
        return file;
    }

    private static int buffer(PlannedFleet fleet) {
        double tokens = BUFFER_OVER_MEAN * fleet.load().inputTokens();
        return (int) Math.ceil(tokens / BUFFER_STEP) * BUFFER_STEP;
    }

    private static Map<String, Object> ordered(
            String first, Object itsValue, String second, Object otherValue) {
        var map = new LinkedHashMap<String, Object>();
        map.put(first, itsValue);
        map.put(second, otherValue);
        return map;
    }
}
