package dev.ratematch.sizing.launch;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.memory.CacheBudget;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Command lines of vLLM.
final class Vllm {

    /// Where ranks of one replica on several hosts meet; any free port does.
    private static final int MEETING_PORT = 13_345;

    /// Most sequences that vLLM captures CUDA graphs for by itself (`max_cudagraph_capture_size`).
    private static final int CAPTURED = 512;

    private Vllm() {}

    static Started serve(PlannedFleet fleet, Pool pool, Place place) {
        var words =
                new Launch.Words()
                        .add("vllm", "serve", fleet.checkpoint())
                        .add("--host", "0.0.0.0", "--port", place.port())
                        .addAll(flags(fleet, pool))
                        .add("--shutdown-timeout", Shutdown.seconds(fleet, pool))
                        .list();
        int hosts = pool.hosts(fleet.accelerator().hostGpus());
        var environment = environment();
        if (hosts == 1) {
            return new Started(new Launch(words), Optional.empty(), 1, environment, Map.of());
        }
        var parallelism = pool.parallelism();
        int perHost = pool.gpusPerHost(fleet.accelerator().hostGpus());
        var leader = new Launch.Words().addAll(words);
        var worker = new Launch.Words().addAll(words).add("--headless");
        if (parallelism.attentionData() > 1) {
            int local = copiesPerHost(pool, perHost);
            var meet =
                    List.<Object>of(
                            "--data-parallel-size-local",
                            local,
                            "--data-parallel-address",
                            Word.shell("$LWS_LEADER_ADDRESS"),
                            "--data-parallel-rpc-port",
                            MEETING_PORT);
            leader.add(meet.toArray());
            worker.add(meet.toArray())
                    .add("--data-parallel-start-rank")
                    .add(Word.shell("$((LWS_WORKER_INDEX * %d))".formatted(local)));
        } else {
            for (var each : List.of(leader, worker)) {
                each.add("--nnodes", hosts)
                        .add("--node-rank", Word.shell("$LWS_WORKER_INDEX"))
                        .add("--master-addr", Word.shell("$LWS_LEADER_ADDRESS"))
                        .add("--master-port", MEETING_PORT);
            }
        }
        return new Started(
                leader.launch(), Optional.of(worker.launch()), hosts, environment, Map.of());
    }

    static Started component(PlannedFleet fleet, Pool pool) {
        var words =
                new Launch.Words()
                        .add("python3", "-m", "dynamo.vllm")
                        .add("--model", fleet.checkpoint())
                        .add("--disaggregation-mode", pool.role().label())
                        .addAll(flags(fleet, pool));
        return new Started(
                words.launch(),
                Optional.empty(),
                pool.hosts(fleet.accelerator().hostGpus()),
                Map.of(),
                Map.of());
    }

    /// What the plan says of one replica.
    private static List<Word> flags(PlannedFleet fleet, Pool pool) {
        var parallelism = pool.parallelism();
        refusePartialExperts(pool);
        var words = new Launch.Words().add("--tensor-parallel-size", parallelism.tensor());
        if (parallelism.pipeline() > 1) {
            words.add("--pipeline-parallel-size", parallelism.pipeline());
        }
        if (parallelism.attentionData() > 1) {
            words.add("--data-parallel-size", parallelism.attentionData());
        }
        if (parallelism.expert() > 1) {
            words.add("--enable-expert-parallel");
        }
        words.add("--kv-cache-dtype", fleet.kv() == KvDtype.FP8 ? "fp8" : "auto")
                .add("--gpu-memory-utilization", CacheBudget.SHARE)
                .add("--max-num-batched-tokens", pool.batchedTokens())
                .add("--max-num-seqs", pool.sequences());
        if (pool.role() == Role.DECODE && pool.sequences() > CAPTURED) {
            words.add("--max-cudagraph-capture-size", pool.sequences());
        }
        if (Checkpoints.quantizedWhileLoading(fleet)) {
            words.add("--quantization", "fp8");
        }
        if (fleet.load().draftTokens() > 0 && fleet.drafts()) {
            words.add(
                    "--speculative-config",
                    "{\"method\":\"mtp\",\"num_speculative_tokens\":%d}"
                            .formatted((int) Math.ceil(fleet.load().draftTokens())));
        }
        String kvRole = pool.role() == Role.PREFILL ? "kv_producer" : "kv_consumer";
        return words.add(
                        "--kv-transfer-config",
                        "{\"kv_connector\":\"NixlConnector\",\"kv_role\":\"%s\"}".formatted(kvRole))
                .list();
    }

    /// Decode reads KV from the address that a prefill replica names, which must be one that other
    /// pods reach.
    private static Map<String, String> environment() {
        var environment = new LinkedHashMap<String, String>();
        environment.put("VLLM_NIXL_SIDE_CHANNEL_HOST", Started.POD_IP);
        return environment;
    }

    private static void refusePartialExperts(Pool pool) {
        Parallelism parallelism = pool.parallelism();
        if (parallelism.expert() > 1 && parallelism.expert() != parallelism.gpusPerStage()) {
            throw new IllegalArgumentException(
                    ("%s %s cannot be started with vLLM, which places experts over all %d GPUs of a"
                                    + " stage or over none; plan with --engine sglang or trtllm.")
                            .formatted(
                                    pool.role().label(),
                                    parallelism.text(),
                                    parallelism.gpusPerStage()));
        }
    }

    private static int copiesPerHost(Pool pool, int perHost) {
        var parallelism = pool.parallelism();
        int copy = parallelism.tensor() * parallelism.pipeline();
        if (perHost % copy != 0) {
            throw new IllegalArgumentException(
                    ("%s %s cannot be started with vLLM: a copy of attention takes %d GPUs and a"
                                    + " host has %d; plan another shape or with --engine sglang.")
                            .formatted(pool.role().label(), parallelism.text(), copy, perHost));
        }
        return perHost / copy;
    }
}
