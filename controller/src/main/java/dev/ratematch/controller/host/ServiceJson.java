package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.ServiceRequest;
import java.util.Locale;

/// A service as it was asked for, with the fields of the step protocol; what has a default and was
/// not named is left out.
final class ServiceJson {

    private static final double MILLIS = 1e3;

    private ServiceJson() {}

    static ObjectNode write(ServiceRequest request) {
        var all = JsonNodeFactory.instance.objectNode();
        all.put("ratematch", 1);
        all.put("model", request.model());
        all.put("gpu", request.gpu());
        all.put("precision", request.precision());
        all.put("kv_dtype", request.kvDtype());
        all.put("engine", request.engine());
        all.putObject("slo")
                .put("ttft_ms", MILLIS * request.slo().ttftSeconds())
                .put("itl_ms", MILLIS * request.slo().itlSeconds())
                .put("percentile", request.slo().percentile());
        all.put("budget_gpus", request.budgetGpus());
        all.put("min_budget_gpus", request.minBudgetGpus());
        var options = TuningJson.set(request.tuning());
        all.set("options", options.isEmpty() ? null : options);
        var behavior = TuningJson.behavior(request.tuning().behavior());
        all.set("behavior", behavior.isEmpty() ? null : behavior);
        var mode = request.linkMode();
        all.set(
                "kv_link",
                given(
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("gb_s_per_gpu", request.linkGbPerSecond())
                                .put(
                                        "mode",
                                        mode == null
                                                ? null
                                                : mode.name().toLowerCase(Locale.ROOT))));
        all.put("all_reduce_floor_us", request.allReduceFloorMicros());
        var switching = request.switching();
        if (switching != null && switching.possible()) {
            all.put("actuation", switching.actuation().label());
            all.putObject("switching")
                    .put("seconds", switching.seconds())
                    .put("at_once", switching.atOnce());
        }
        all.set("prefill", pool(request.prefill()));
        all.set("decode", pool(request.decode()));
        return given(all);
    }

    private static ObjectNode pool(PoolRequest pool) {
        return given(
                JsonNodeFactory.instance
                        .objectNode()
                        .put("gpus", pool.gpus())
                        .put("parallel", pool.parallel())
                        .put("min", pool.min())
                        .put("max", pool.max())
                        .put("lead_time_s", pool.leadTimeSeconds())
                        .put("drain_s", pool.drainSeconds())
                        .put("max_batched_tokens", pool.maxBatchedTokens())
                        .put("max_seqs", pool.maxSequences())
                        .put("kv_tokens", pool.kvTokens()));
    }

    private static ObjectNode given(ObjectNode node) {
        var kept = JsonNodeFactory.instance.objectNode();
        node.properties()
                .forEach(
                        field -> {
                            if (!field.getValue().isNull()) {
                                kept.set(field.getKey(), field.getValue());
                            }
                        });
        return kept;
    }
}
