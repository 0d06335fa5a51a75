package dev.ratematch.controller.filter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ExplanationJson;
import dev.ratematch.controller.host.TuningJson;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.spec.PoolSpec;
import java.util.List;
import java.util.Locale;

/// Output lines, with their fields in the order of the documentation.
final class Reply {

    private static final double MILLIS = 1e3;
    private static final double GB = 1e9;

    private Reply() {}

    static ObjectNode decided(long line, Cycle cycle, List<String> warnings, String state) {
        var decision = cycle.decision();
        var why = cycle.explanation();
        var node = JsonNodeFactory.instance.objectNode();
        node.put("line", line);
        node.put("at_s", cycle.snapshot().atSeconds());
        node.put("decision", decision.label());
        node.put("reason", decision.reason().name());
        node.put("text", why.text());
        counts(node, decision.counts());
        if (cycle.spec().switching().possible()) {
            var switches = cycle.switches();
            node.putObject("switch")
                    .put("to_prefill", switches.toPrefill())
                    .put("to_decode", switches.toDecode());
        }
        var plan = node.putObject("plan");
        var move = why.move();
        var target = why.plan();
        if (move != null) {
            counts(plan, Counts.of(move.to()));
        } else if (target != null) {
            counts(plan, Counts.of(target.sizes()));
        } else {
            counts(plan, decision.counts());
        }
        node.put("limiting", why.limiting().name().toLowerCase(Locale.ROOT));
        node.put("unreachable", target != null && target.unreachable());
        var list = node.putArray("warnings");
        warnings.forEach(list::add);
        ExplanationJson.write(node.putObject("explanation"), cycle);
        node.put("state", state);
        return node;
    }

    static ObjectNode configured(
            long line, Service service, State kept, List<String> warnings, String state) {
        var node = JsonNodeFactory.instance.objectNode();
        node.put("line", line);
        node.putNull("at_s");
        node.put("decision", "hold");
        node.put("reason", "CONFIGURED");
        node.put(
                "text",
                "%s on %s, %d GPUs: prefill %s, decode %s. Ready for snapshots, one a line."
                        .formatted(
                                service.model(),
                                service.gpu(),
                                service.spec().budgetGpus(),
                                service.prefillParallel(),
                                service.decodeParallel()));
        counts(node, kept.commanded());
        counts(node.putObject("plan"), kept.commanded());
        node.put("limiting", "none");
        node.put("unreachable", false);
        var list = node.putArray("warnings");
        warnings.forEach(list::add);
        service(node.putObject("explanation").putObject("service"), service);
        node.put("state", state);
        return node;
    }

    private static void counts(ObjectNode node, Counts counts) {
        node.put("prefill", counts.prefill()).put("decode", counts.decode());
    }

    private static void service(ObjectNode node, Service service) {
        var spec = service.spec();
        node.put("model", service.model());
        node.put("gpu", service.gpu());
        node.put("precision", service.precision());
        node.put("precision_source", service.precisionSource());
        node.put("kv_dtype", service.kvDtype());
        node.put("engine", service.engine());
        node.putObject("slo")
                .put("ttft_ms", MILLIS * spec.slo().ttftSeconds())
                .put("itl_ms", MILLIS * spec.slo().itlSeconds())
                .put("percentile", spec.slo().percentile());
        node.put("budget_gpus", spec.budgetGpus());
        node.put("min_budget_gpus", spec.minBudgetGpus());
        node.set("options", TuningJson.all(spec.tuning()));
        node.set("behavior", TuningJson.behavior(spec.tuning().behavior()));
        node.putObject("kv_link")
                .put("gb_s_per_gpu", spec.link().bytesPerSecondPerGpu() / GB)
                .put("mode", spec.link().mode().name().toLowerCase(Locale.ROOT));
        node.put("all_reduce_floor_us", service.allReduceFloorMicros());
        var switching = spec.switching();
        if (switching.possible()) {
            node.put("actuation", switching.actuation().label());
            node.putObject("switching")
                    .put("seconds", switching.seconds())
                    .put("at_once", switching.atOnce());
        }
        pool(node.putObject("prefill"), spec.prefill(), service.prefillParallel());
        pool(node.putObject("decode"), spec.decode(), service.decodeParallel());
    }

    private static void pool(ObjectNode node, PoolSpec pool, String parallel) {
        node.put("gpus", pool.gpusPerReplica())
                .put("parallel", parallel)
                .put("min", pool.minReplicas())
                .put("max", pool.maxReplicas())
                .put("lead_time_s", pool.leadTimeSeconds())
                .put("drain_s", pool.drainSeconds())
                .put("max_batched_tokens", pool.maxBatchedTokens())
                .put("max_seqs", pool.maxSequences())
                .put("kv_tokens", pool.kvTokens());
    }
}
