package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.memory.PeerMemory;
import dev.ratematch.costmodel.table.Cells;
import dev.ratematch.costmodel.table.Row;
import java.util.HashMap;
import java.util.List;

/// Memory of one worker's fullest GPU by the columns of `aic_memory`.
public record MemoryPrediction() implements Prediction {

    private static final double GIB = 1024.0 * 1024.0 * 1024.0;
    private static final List<String> ASKED =
            List.of(
                    "system", "model", "gemm_q", "moe_q", "kv_q", "fmha_q", "tp", "pp", "dp",
                    "moe_tp", "moe_ep");

    @Override
    public List<String> columns() {
        return List.of(
                "bytes",
                "weights_gib",
                "act_gib_prefill_8192tok",
                "act_gib_decode_64",
                "kv_bytes_per_seq_8192",
                "nccl_gib",
                "others_gib",
                "confidence");
    }

    @Override
    public List<String> answer(Row row) {
        var memory = of(row);
        return List.of(
                Cells.number(memory.prefillBytes()),
                Cells.number(memory.weightBytes() / GIB),
                Cells.number(memory.prefillActivationBytes() / GIB),
                Cells.number(memory.decodeActivationBytes() / GIB),
                Cells.number(memory.kvBytesPerSequence()),
                Cells.number(memory.communicationBytes() / GIB),
                Cells.number(memory.engineBytes() / GIB),
                "fitted");
    }

    /// Memory of the worker in a row.
    static PeerMemory of(Row row) {
        var cells = new HashMap<String, String>();
        for (String column : ASKED) {
            cells.put(column, row.text(column));
        }
        return PeerMemory.of(cells);
    }
}
