package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.closed.BatchLimit;
import dev.ratematch.costmodel.closed.ClosedLatency;
import dev.ratematch.costmodel.closed.ClosedLoad;
import dev.ratematch.costmodel.closed.CoLocated;
import dev.ratematch.costmodel.closed.Disaggregated;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.Confidence;
import dev.ratematch.costmodel.kernel.Kernels;
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
import dev.ratematch.costmodel.residual.ServingResidual;
import dev.ratematch.costmodel.residual.Traits;
import dev.ratematch.costmodel.table.Cells;
import dev.ratematch.costmodel.table.Row;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Deployments under closed load by the columns of `silicon_e2e`.
public final class ServingPredictor implements Prediction {

    /// Tokens of one iteration, the default of the engines' chunked prefill.
    private static final double BUDGET_TOKENS = 8192;

    private final ServingResidual residual;
    private final Function<Accelerator, Kernels> kernels;
    private final Map<List<Object>, CompiledWorker> workers = new ConcurrentHashMap<>();

    /// A predictor.
    ///
    /// @param residual what engines add to their kernels
    /// @param kernels measured, by accelerator
    public ServingPredictor(ServingResidual residual, Function<Accelerator, Kernels> kernels) {
        this.residual = residual;
        this.kernels = kernels;
    }

    @Override
    public List<String> columns() {
        return List.of("ttft_ms", "tpot_ms", "confidence");
    }

    @Override
    public List<String> answer(Row row) {
        Modelled modelled = model(row);
        ClosedLatency latency = modelled.corrected(residual);
        Confidence confidence =
                residual.correction(modelled.disaggregated(), false)
                        .confidence(modelled.traits())
                        .and(modelled.kernels());
        return List.of(
                Cells.number(1000 * latency.ttftSeconds()),
                Cells.number(1000 * latency.tpotSeconds()),
                Cells.name(confidence));
    }

    /// A deployment as the kernels alone make it.
    ///
    /// @param kernels confidence of the kernels behind it
    public record Modelled(
            Traits traits,
            boolean disaggregated,
            ClosedLatency latency,
            double sequencesPerCopy,
            Confidence kernels) {

        public ClosedLatency corrected(ServingResidual residual) {
            return residual.correct(traits, disaggregated, latency, sequencesPerCopy);
        }
    }

    /// What the kernels alone make of a row.
    Modelled model(Row row) {
        ModelSpec model = Models.named(row.text("model"));
        var load =
                ClosedLoad.nominal(row.number("concurrency"), row.number("isl"), row.number("osl"));
        String mode = row.text("mode");
        boolean disaggregated = mode.equals("disagg");
        if (!disaggregated && !mode.equals("agg")) {
            throw new IllegalArgumentException("mode (%s) must be agg or disagg".formatted(mode));
        }
        var extras = ServingExtras.of(row, model, load);
        Quantization quantization = quantization(row, model);
        Traits traits = traits(row, model);
        CompiledWorker decode;
        ClosedLatency latency;
        int engines = 1;
        double limit = Double.POSITIVE_INFINITY;
        if (disaggregated) {
            int prefills = workerCount(row, "p_workers");
            engines = workerCount(row, "d_workers");
            decode = extras.worker(worker(row, model, quantization, "d_"));
            var prefill = extras.worker(worker(row, model, quantization, "p_"));
            double copies = decode.parallelism().attentionData();
            double offered = load.concurrency() / (engines * copies);
            limit =
                    row.has("d_max_batch")
                            ? row.positive("d_max_batch")
                            : BatchLimit.inferred(traits.engine(), offered);
            latency =
                    new Disaggregated(
                                    prefill,
                                    prefills,
                                    decode,
                                    engines,
                                    limit * copies,
                                    extras.budgetTokens(BUDGET_TOKENS),
                                    extras.transferSeconds(prefill, decode))
                            .under(extras.load());
        } else {
            decode = extras.worker(worker(row, model, quantization, ""));
            latency =
                    new CoLocated(decode, extras.budgetTokens(BUDGET_TOKENS)).under(extras.load());
        }
        double copies = engines * (double) decode.parallelism().attentionData();
        double perCopy = Math.min(limit, load.concurrency() / copies);
        double context = row.number("isl") + row.number("osl") / 2;
        double queries = extras.shortcuts().queries();
        Confidence confidence =
                decode.confidence(queries * Math.max(1, perCopy), context / queries);
        return new Modelled(
                traits, disaggregated, extras.shortcuts().perToken(latency), perCopy, confidence);
    }

    private static int workerCount(Row row, String column) {
        int count = row.whole(column, 0);
        if (count < 1) {
            throw new IllegalArgumentException(
                    "%s (%s) must be at least 1: a disaggregated deployment needs its worker counts"
                            .formatted(column, row.has(column) ? row.text(column) : "empty"));
        }
        return count;
    }

    private static Traits traits(Row row, ModelSpec model) {
        return Traits.of(
                row.text("backend"),
                model,
                row.has("precision") ? row.text("precision") : row.text("gemm_q"),
                Accelerators.named(row.text("system")),
                row.text("isl") + "x" + row.text("osl"));
    }

    private CompiledWorker worker(
            Row row, ModelSpec model, Quantization quantization, String prefix) {
        var reported =
                new Reported(
                        row.whole(prefix + "tp", 0),
                        row.whole(prefix + "pp", 0),
                        row.whole(prefix + "dp", 0),
                        row.whole(prefix + "moe_tp", 0),
                        row.whole(prefix + "moe_ep", 0));
        Parallelism parallelism = reported.parallelism(model);
        Accelerator accelerator = Accelerators.named(row.text("system"));
        Engine engine = Engine.bare(row.text("backend"));
        return workers.computeIfAbsent(
                List.of(model.name(), accelerator.name(), quantization, parallelism, engine),
                key -> compile(model, accelerator, quantization, parallelism, engine));
    }

    /// A deployment that was measured did fit, so the more generous cache budget is tried too.
    private CompiledWorker compile(
            ModelSpec model,
            Accelerator accelerator,
            Quantization quantization,
            Parallelism parallelism,
            Engine engine) {
        var measured = kernels.apply(accelerator);
        try {
            return CompiledWorker.compile(measured, model, quantization, parallelism, engine);
        } catch (IllegalArgumentException e) {
            return CompiledWorker.compile(
                    measured, model, quantization, parallelism, engine.with(CacheBudget.OF_FREE));
        }
    }

    private static Quantization quantization(Row row, ModelSpec model) {
        if (row.has("precision")) {
            Precision precision = Precision.parse(row.text("precision"));
            KvDtype kv = precision == Precision.BF16 ? KvDtype.BF16 : KvDtype.FP8;
            return Quantization.of(precision, model, kv);
        }
        if (!row.has("gemm_q")) {
            throw new IllegalArgumentException("precision and gemm_q are empty; give one of them");
        }
        WeightType gemm = WeightType.parse(row.text("gemm_q"));
        KvDtype kv = gemm == WeightType.BF16 ? KvDtype.BF16 : KvDtype.FP8;
        String attention = model.mla().isPresent() || kv == KvDtype.BF16 ? "bf16" : "fp8";
        return Quantization.parse(
                model,
                gemm.label(),
                row.has("moe_q") ? row.text("moe_q") : gemm.label(),
                kv == KvDtype.BF16 ? "bf16" : "fp8",
                attention);
    }
}
