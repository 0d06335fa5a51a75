package dev.ratematch.costmodel.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.SiliconData;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PeerMemoryTest {

    private static final double GIB = 1024.0 * 1024 * 1024;

    private static final List<String> COLUMNS =
            List.of(
                    "weights_gib",
                    "act_gib_prefill_8192tok",
                    "act_gib_decode_64",
                    "kv_bytes_per_seq_8192",
                    "nccl_gib",
                    "others_gib");

    /// Median error of each column and of the sum, over all rows of the peer's table: at most 1 %.
    @Test
    void countsAsThePeerDoes() {
        var rows = SiliconData.rows("aic_memory.csv");
        if (rows.isEmpty()) {
            System.out.println("aic_memory.csv is not there: only countsThePublishedPoints checks");
            return;
        }
        Map<String, List<Double>> errors = new HashMap<>();
        for (SiliconData.Row row : rows.get()) {
            double[] ours = columns(PeerMemory.of(row.cells()));
            double sum = 0;
            double peer = 0;
            for (int i = 0; i < ours.length; i++) {
                String column = COLUMNS.get(i);
                double theirs = row.number(column);
                double unit = column.equals("kv_bytes_per_seq_8192") ? GIB : 1;
                add(errors, column, ours[i], theirs);
                sum += ours[i] / unit;
                peer += theirs / unit;
            }
            add(errors, "sum", sum, peer);
        }
        errors.forEach(
                (column, list) -> {
                    Collections.sort(list);
                    double median = list.get(list.size() / 2);
                    double worst = list.getLast();
                    System.out.printf(
                            Locale.ROOT,
                            "peer memory, %s: median error %.3f %%, worst %.3f %%, %d rows%n",
                            column,
                            100 * median,
                            100 * worst,
                            list.size());
                    assertThat(median).as(column).isLessThanOrEqualTo(0.01);
                });
    }

    /// What we plan with differs from the peer where its count is wrong; the median still agrees.
    @Test
    void ourOwnCountAgreesInTheMedian() {
        List<Double> weights = new ArrayList<>();
        List<Double> sums = new ArrayList<>();
        for (SiliconData.Row row : SiliconData.rows("aic_memory.csv").orElse(List.of())) {
            ModelSpec model = Models.named(row.text("model"));
            Parallelism parallelism =
                    Parallelism.of(
                            row.integer("tp"),
                            row.integer("pp"),
                            row.integer("dp"),
                            row.integer("moe_tp"),
                            row.integer("moe_ep"));
            Quantization quantization =
                    Quantization.parse(
                            model,
                            row.text("gemm_q"),
                            row.text("moe_q"),
                            row.text("kv_q"),
                            row.text("fmha_q"));
            PeerMemory peer = PeerMemory.of(row.cells());
            double ours = new Weights(model, quantization, parallelism).fullestGpu();
            weights.add(Math.abs(ours / peer.weightBytes() - 1));
            if (Memory.fits(
                    model, Accelerators.GB300, quantization, parallelism, CacheBudget.OF_MEMORY)) {
                Memory memory = Memory.of(model, Accelerators.GB300, quantization, parallelism);
                double all =
                        memory.weightBytesPerGpu()
                                + memory.reserveBytesPerGpu()
                                + memory.kvBytesPerSequence(8192);
                sums.add(Math.abs(all / peer.prefillBytes() - 1));
            }
        }
        if (weights.isEmpty()) {
            System.out.println("aic_memory.csv is not there: our count is not compared with it");
            return;
        }
        Collections.sort(weights);
        Collections.sort(sums);
        System.out.printf(
                Locale.ROOT,
                "our memory against the peer: weights median %.2f %%, p90 %.2f %%; sum median"
                        + " %.2f %%, p90 %.2f %%%n",
                100 * weights.get(weights.size() / 2),
                100 * weights.get(weights.size() * 9 / 10),
                100 * sums.get(sums.size() / 2),
                100 * sums.get(sums.size() * 9 / 10));
        assertThat(weights.get(weights.size() / 2)).isLessThan(0.03);
        assertThat(sums.get(sums.size() / 2)).isLessThan(0.03);
    }

    /// KV bytes per token that the peer states, and its weights of Llama-3.1-8B.
    @Test
    void countsThePublishedPoints() {
        PeerMemory llama =
                PeerMemory.of(
                        Models.LLAMA_3_1_8B,
                        Quantization.of(Precision.NVFP4, Models.LLAMA_3_1_8B, KvDtype.FP8),
                        Parallelism.tp(1));
        assertThat(llama.weightBytes() / GIB).isCloseTo(5.61, within(0.01));
        assertThat(llama.kvBytesPerSequence()).isEqualTo(8192 * 65_536.0);
        PeerMemory deepseek =
                PeerMemory.of(
                        Models.DEEPSEEK_R1,
                        Quantization.of(Precision.NVFP4, Models.DEEPSEEK_R1, KvDtype.FP8),
                        Parallelism.tep(8));
        assertThat(deepseek.kvBytesPerSequence()).isEqualTo(8192 * 35_136.0);
        assertThat(deepseek.engineBytes()).isEqualTo(3.5 * GIB);
    }

    @Test
    void namesTheColumnThatIsWrong() {
        Map<String, String> row = new HashMap<>();
        row.put("system", "b200_sxm");
        assertThatThrownBy(() -> PeerMemory.of(row)).hasMessageStartingWith("model is missing");
        row.putAll(
                Map.of(
                        "model", "Qwen/Qwen3-32B",
                        "gemm_q", "fp8",
                        "moe_q", "fp8",
                        "kv_q", "fp8",
                        "fmha_q", "fp8",
                        "tp", "two"));
        assertThatThrownBy(() -> PeerMemory.of(row))
                .hasMessage("tp (two) must be a whole number of GPUs, for example 4.");
    }

    private static double[] columns(PeerMemory memory) {
        return new double[] {
            memory.weightBytes() / GIB,
            memory.prefillActivationBytes() / GIB,
            memory.decodeActivationBytes() / GIB,
            memory.kvBytesPerSequence(),
            memory.communicationBytes() / GIB,
            memory.engineBytes() / GIB
        };
    }

    private static void add(
            Map<String, List<Double>> errors, String column, double ours, double theirs) {
        double error = ours == theirs ? 0 : Math.abs(ours / theirs - 1);
        errors.computeIfAbsent(column, ignored -> new ArrayList<>()).add(error);
    }
}
