package dev.ratematch.sizing.launch;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.memory.CacheBudget;
import dev.ratematch.costmodel.parallel.KvDtype;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Command lines of SGLang. It counts the GPUs of a stage as `tp-size`, whatever attention makes of
/// them, and limits batches over all copies of attention together.
final class Sglang {

    /// Where ranks of one replica on several hosts meet; any free port does.
    private static final int MEETING_PORT = 20_000;

    /// Port that prefill and decode agree on a transfer by: SGLang's default.
    static final int BOOTSTRAP_PORT = 8998;

    private Sglang() {}

    static Started serve(PlannedFleet fleet, Pool pool, Place place) {
        int hosts = pool.hosts(fleet.accelerator().hostGpus());
        var words =
                new Launch.Words()
                        .add("python3", "-m", "sglang.launch_server")
                        .add("--model-path", fleet.checkpoint())
                        .add("--host", "0.0.0.0", "--port", place.port())
                        .add("--enable-metrics")
                        .addAll(flags(fleet, pool));
        if (hosts == 1) {
            return new Started(words.launch(), Optional.empty(), 1, Map.of(), Map.of());
        }
        var each =
                words.add("--nnodes", hosts)
                        .add("--node-rank", Word.shell("$LWS_WORKER_INDEX"))
                        .add("--dist-init-addr")
                        .add(Word.shell("$LWS_LEADER_ADDRESS:" + MEETING_PORT))
                        .launch();
        return new Started(each, Optional.of(each), hosts, Map.of(), Map.of());
    }

    static Started component(PlannedFleet fleet, Pool pool) {
        var words =
                new Launch.Words()
                        .add("python3", "-m", "dynamo.sglang")
                        .add("--model-path", fleet.checkpoint())
                        .add("--host", "0.0.0.0")
                        .add("--enable-metrics")
                        .addAll(flags(fleet, pool));
        return new Started(
                words.launch(),
                Optional.empty(),
                pool.hosts(fleet.accelerator().hostGpus()),
                Map.of(),
                Map.of());
    }

    private static List<Word> flags(PlannedFleet fleet, Pool pool) {
        var parallelism = pool.parallelism();
        int copies = parallelism.attentionData();
        boolean experts = parallelism.expert() > 1;
        var words =
                new Launch.Words()
                        .add("--disaggregation-mode", pool.role().label())
                        .add("--disaggregation-transfer-backend", "nixl")
                        .add("--disaggregation-bootstrap-port", BOOTSTRAP_PORT)
                        .add("--tp-size")
                        .add(experts ? parallelism.gpusPerStage() : parallelism.tensor());
        if (copies > 1) {
            words.add("--dp-size", copies);
        }
        // Without experts, copies are whole servers behind one port and share nothing.
        if (copies > 1 && experts) {
            words.add("--enable-dp-attention");
        }
        if (experts) {
            words.add("--ep-size", parallelism.expert());
        }
        if (parallelism.pipeline() > 1) {
            words.add("--pp-size", parallelism.pipeline());
        }
        words.add("--kv-cache-dtype", fleet.kv() == KvDtype.FP8 ? "fp8_e4m3" : "auto")
                .add("--mem-fraction-static", CacheBudget.SHARE);
        if (pool.role() == Role.PREFILL) {
            words.add("--chunked-prefill-size", pool.batchedTokens() * copies)
                    .add("--max-prefill-tokens", pool.batchedTokens());
        } else {
            words.add("--max-running-requests", pool.sequences() * copies)
                    .add("--cuda-graph-max-bs-decode", pool.sequences());
        }
        if (Checkpoints.quantizedWhileLoading(fleet)) {
            words.add("--quantization", "fp8");
        }
        if (fleet.load().draftTokens() > 0 && fleet.drafts()) {
            int drafted = (int) Math.ceil(fleet.load().draftTokens());
            words.add("--speculative-algorithm", "NEXTN")
                    .add("--speculative-num-steps", drafted)
                    .add("--speculative-eagle-topk", 1)
                    .add("--speculative-num-draft-tokens", drafted + 1);
        }
        return words.list();
    }
}
