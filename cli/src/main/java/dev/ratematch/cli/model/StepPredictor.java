package dev.ratematch.cli.model;

import dev.ratematch.cli.table.Row;
import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.parallel.WeightType;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.costmodel.phase.ForwardPass;
import dev.ratematch.costmodel.phase.Operator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Single iterations by the columns of `aic_prefill` and `aic_decode`: kernels alone, no engine.
final class StepPredictor {

    private final Map<String, ForwardPass> passes = new HashMap<>();

    /// Operators of one prefill iteration.
    List<Operator> prefill(Row row) {
        return pass(row).prefill(row.number("batch"), row.number("isl"), row.number("prefix", 0));
    }

    /// Operators of one decode step.
    List<Operator> decode(Row row) {
        return pass(row).decode(row.number("batch"), row.number("kv_len"));
    }

    private ForwardPass pass(Row row) {
        String key =
                String.join(
                        "|",
                        row.text("system"),
                        row.text("model"),
                        row.text("gemm_q"),
                        row.text("moe_q"),
                        row.text("kv_q"),
                        row.text("fmha_q"),
                        row.text("tp"),
                        row.text("pp"),
                        row.text("dp"),
                        row.text("moe_tp"),
                        row.text("moe_ep"));
        return passes.computeIfAbsent(key, k -> compose(row));
    }

    private static ForwardPass compose(Row row) {
        ModelSpec model = Models.named(row.text("model"));
        return new ForwardPass(
                ShippedProfiles.kernels(Accelerators.named(row.text("system"))),
                model,
                quantization(row),
                parallelism(row, model),
                Engine.NONE);
    }

    static Quantization quantization(Row row) {
        return new Quantization(
                WeightType.parse(row.text("gemm_q")),
                WeightType.parse(row.text("moe_q")),
                KvDtype.parse(row.text("kv_q")),
                KvDtype.parse(row.text("fmha_q")));
    }

    static Parallelism parallelism(Row row, ModelSpec model) {
        int tp = row.whole("tp", 1);
        int pp = row.whole("pp", 1);
        int dp = row.whole("dp", 1);
        if (model.moe().isEmpty()) {
            return new Parallelism(tp, pp, 1, dp);
        }
        return Parallelism.of(tp, pp, dp, row.whole("moe_tp", 1), row.whole("moe_ep", 1));
    }
}
