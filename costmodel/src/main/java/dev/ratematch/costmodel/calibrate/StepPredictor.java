package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.costmodel.phase.ForwardPass;
import dev.ratematch.costmodel.phase.Operator;
import dev.ratematch.costmodel.table.Cells;
import dev.ratematch.costmodel.table.Row;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Single iterations by the columns of `aic_prefill` and `aic_decode`: kernels alone, no engine.
public final class StepPredictor implements Prediction {

    private final boolean decode;
    private final Function<Accelerator, Kernels> kernels;
    private final Map<List<String>, ForwardPass> passes = new ConcurrentHashMap<>();

    /// A predictor.
    ///
    /// @param decode whether of decode steps, else of prefill iterations
    /// @param kernels measured, by accelerator
    public StepPredictor(boolean decode, Function<Accelerator, Kernels> kernels) {
        this.decode = decode;
        this.kernels = kernels;
    }

    @Override
    public List<String> columns() {
        return List.of("latency_ms", "confidence");
    }

    @Override
    public List<String> answer(Row row) {
        List<Operator> ops = operators(row);
        return List.of(
                Cells.number(ForwardPass.micros(ops) / 1000),
                Cells.name(ForwardPass.confidence(ops)));
    }

    /// The operators of a row's iteration.
    List<Operator> operators(Row row) {
        var pass = pass(row);
        double batch = positive(row, "batch");
        if (decode) {
            return pass.decode(batch, positive(row, "kv_len"));
        }
        double length = positive(row, "isl");
        double prefix = row.number("prefix", 0);
        if (!(prefix >= 0 && prefix < length)) {
            throw new IllegalArgumentException(
                    "prefix (%s) must be at least 0 and less than isl (%s)"
                            .formatted(row.text("prefix"), row.text("isl")));
        }
        return pass.prefill(batch, length, prefix);
    }

    /// The passes of a row's worker, composed once.
    ForwardPass pass(Row row) {
        return passes.computeIfAbsent(
                List.of(
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
                        row.text("moe_ep")),
                key -> compose(row));
    }

    private static double positive(Row row, String column) {
        double value = row.number(column);
        if (!(value >= 1)) {
            throw new IllegalArgumentException(
                    "%s (%s) must be at least 1".formatted(column, row.text(column)));
        }
        return value;
    }

    private ForwardPass compose(Row row) {
        ModelSpec model = Models.named(row.text("model"));
        Parallelism parallelism =
                Parallelism.of(
                        row.whole("tp", 1),
                        row.whole("pp", 1),
                        row.whole("dp", 1),
                        row.whole("moe_tp", 1),
                        row.whole("moe_ep", 1));
        if (model.moe().isEmpty()) {
            parallelism =
                    new Parallelism(
                            parallelism.tensor(),
                            parallelism.pipeline(),
                            1,
                            parallelism.attentionData());
        }
        var impossible = parallelism.impossible(model);
        if (impossible.isPresent()) {
            throw new IllegalArgumentException("parallelism " + impossible.get());
        }
        return new ForwardPass(
                kernels.apply(Accelerators.named(row.text("system"))),
                model,
                Quantization.parse(
                        model,
                        row.text("gemm_q"),
                        row.text("moe_q"),
                        row.text("kv_q"),
                        row.text("fmha_q")),
                parallelism,
                Engine.NONE);
    }
}
