package dev.ratematch.cli.model;

import dev.ratematch.cli.table.Row;
import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.closed.ClosedLatency;
import dev.ratematch.costmodel.closed.ClosedLoad;
import dev.ratematch.costmodel.closed.CoLocated;
import dev.ratematch.costmodel.closed.Disaggregated;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.memory.CacheBudget;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.parallel.Reported;
import dev.ratematch.costmodel.parallel.WeightType;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import java.util.HashMap;
import java.util.Map;

/// Deployments under closed load by the columns of `silicon_e2e`.
final class ServingPredictor {

    private static final double BUDGET_TOKENS = 8192;

    private final Map<String, CompiledWorker> workers = new HashMap<>();

    ClosedLatency predict(Row row) {
        var load =
                ClosedLoad.nominal(row.number("concurrency"), row.number("isl"), row.number("osl"));
        if (row.text("mode").equals("disagg")) {
            int p = row.whole("p_workers", 0);
            int d = row.whole("d_workers", 0);
            if (p < 1 || d < 1) {
                throw new IllegalArgumentException("p_workers or d_workers is missing");
            }
            return new Disaggregated(worker(row, "p_"), p, worker(row, "d_"), d, BUDGET_TOKENS, 0).under(load);
        }
        return new CoLocated(worker(row, ""), BUDGET_TOKENS).under(load);
    }

    /// Experiment: one prompt alone, marginal prompt, decode step at full concurrency, at 1.
    double[] features(Row row) {
        boolean disagg = row.text("mode").equals("disagg");
        var p = worker(row, disagg ? "p_" : "");
        var d = worker(row, disagg ? "d_" : "");
        double input = 0.9 * row.number("isl");
        double output = 0.9 * row.number("osl");
        double c = row.number("concurrency") / Math.max(1, row.whole("d_workers", 1));
        double dp = p.parallelism().attentionData();
        double one = p.prefillIterationSeconds(dp * input, dp * input * input);
        double many = Math.max(1, BUDGET_TOKENS / input);
        double marginal =
                p.prefillIterationSeconds(dp * many * input, dp * many * input * input) / many / dp;
        return new double[] {
            one * 1000,
            marginal * 1000,
            d.decodeStepSeconds(c, c * (input + output / 2)) * 1000,
            d.decodeStepSeconds(
                            d.parallelism().attentionData(),
                            d.parallelism().attentionData() * (input + output / 2))
                    * 1000,
            p.gpus(),
            d.gpus(),
            d.parallelism().attentionData()
        };
    }

    private CompiledWorker worker(Row row, String prefix) {
        ModelSpec model = Models.named(row.text("model"));
        var reported =
                new Reported(
                        row.whole(prefix + "tp", 0),
                        row.whole(prefix + "pp", 0),
                        row.whole(prefix + "dp", 0),
                        row.whole(prefix + "moe_tp", 0),
                        row.whole(prefix + "moe_ep", 0));
        Parallelism parallelism = reported.parallelism(model);
        Accelerator accelerator = Accelerators.named(row.text("system"));
        Quantization quantization = quantization(row, model);
        String key =
                row.text("model")
                        + accelerator.name()
                        + quantization
                        + parallelism.text()
                        + row.text("backend");
        return workers.computeIfAbsent(
                key,
                k -> {
                    var kernels = ShippedProfiles.kernels(accelerator);
                    var engine = Engine.bare(row.text("backend"));
                    try {
                        return CompiledWorker.compile(
                                kernels, model, quantization, parallelism, engine);
                    } catch (IllegalArgumentException e) {
                        return CompiledWorker.compile(
                                kernels,
                                model,
                                quantization,
                                parallelism,
                                engine.with(CacheBudget.OF_FREE));
                    }
                });
    }

    private static Quantization quantization(Row row, ModelSpec model) {
        if (row.has("precision")) {
            Precision precision = Precision.parse(row.text("precision"));
            KvDtype kv = precision == Precision.BF16 ? KvDtype.BF16 : KvDtype.FP8;
            return Quantization.of(precision, model, kv);
        }
        if (!row.has("gemm_q")) {
            throw new IllegalArgumentException("precision and gemm_q are missing");
        }
        WeightType gemm = WeightType.parse(row.text("gemm_q"));
        WeightType experts = row.has("moe_q") ? WeightType.parse(row.text("moe_q")) : gemm;
        KvDtype kv = gemm == WeightType.BF16 ? KvDtype.BF16 : KvDtype.FP8;
        return new Quantization(gemm, experts, kv, model.mla().isPresent() ? KvDtype.BF16 : kv);
    }
}
