package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.memory.PeerMemory;
import dev.ratematch.costmodel.phase.ForwardPass;
import dev.ratematch.costmodel.phase.Operator;
import dev.ratematch.costmodel.table.Row;
import dev.ratematch.costmodel.table.Table;
import java.util.ArrayList;
import java.util.List;

/// Errors against the peer's estimates of single iterations and memory. Nothing was fitted to these
/// estimates: both compose kernels, ours from surfaces, the peer's from its tables.
///
/// @param name of the comparison
/// @param rows in the file
/// @param model our error
/// @param roofline error of the sum of rooflines
record StepAccuracy(String name, int rows, Errors model, Errors roofline) {

    private static final double GIB = 1024.0 * 1024.0 * 1024.0;

    /// Against `aic_prefill` or `aic_decode`.
    static StepAccuracy steps(String name, Table table, StepPredictor predictor) {
        var model = new ArrayList<Double>();
        var roofline = new ArrayList<Double>();
        for (Row row : table.rows()) {
            List<Operator> ops;
            try {
                ops = predictor.operators(row);
            } catch (IllegalArgumentException e) {
                // Refused: counted by the difference between rows and errors.
                continue;
            }
            double truth = row.number("latency_ms");
            model.add(Errors.relative(ForwardPass.micros(ops) / 1000, truth));
            double ideal = ops.stream().mapToDouble(o -> o.total().rooflineMicros()).sum();
            roofline.add(Errors.relative(ideal / 1000, truth));
        }
        return new StepAccuracy(name, table.rows().size(), Errors.of(model), Errors.of(roofline));
    }

    /// Against `aic_memory`: weights, activations and KV cache together.
    static StepAccuracy memory(Table table) {
        var errors = new ArrayList<Double>();
        for (Row row : table.rows()) {
            PeerMemory memory = MemoryPrediction.of(row);
            double truth =
                    GIB
                                    * (row.number("weights_gib")
                                            + row.number("act_gib_prefill_8192tok")
                                            + row.number("nccl_gib")
                                            + row.number("others_gib"))
                            + row.number("kv_bytes_per_seq_8192");
            double ours =
                    memory.weightBytes()
                            + memory.prefillActivationBytes()
                            + memory.communicationBytes()
                            + memory.engineBytes()
                            + memory.kvBytesPerSequence();
            errors.add(Errors.relative(ours, truth));
        }
        return new StepAccuracy(
                "memory", table.rows().size(), Errors.of(errors), Errors.of(List.of()));
    }

    /// Against `aic_agg`: steps without prefill of co-located engines.
    ///
    /// @param predictor of decode steps
    static StepAccuracy coLocated(Table table, StepPredictor predictor) {
        var errors = new ArrayList<Double>();
        for (Row row : table.rows()) {
            double context = row.number("isl") + row.number("osl") / 2;
            var ops = predictor.pass(row).decode(row.number("batch"), context);
            errors.add(
                    Errors.relative(ForwardPass.micros(ops) / 1000, row.number("genonly_step_ms")));
        }
        return new StepAccuracy(
                "co-located, steps without prefill",
                table.rows().size(),
                Errors.of(errors),
                Errors.of(List.of()));
    }
}
