package dev.ratematch.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.table.Table;
import dev.ratematch.sizing.table.CsvFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class PredictCommandTest {

    private static final String SERVING =
            "id,system,backend,model,precision,mode,isl,osl,concurrency,tp,pp,dp,moe_tp,moe_ep,"
                    + "p_workers,p_tp,p_pp,p_dp,p_moe_tp,p_moe_ep,"
                    + "d_workers,d_tp,d_pp,d_dp,d_moe_tp,d_moe_ep\n";
    private static final String LLAMA = "b200_sxm,trtllm,meta-llama/Llama-3.1-70B-Instruct,fp8,";

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        var command = new CommandLine(new PredictCommand());
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return command.execute(args);
    }

    private Table predict(String text, String... options) throws IOException {
        var in = Files.writeString(folder.resolve("in.csv"), text);
        var to = folder.resolve("out.csv");
        String[] args = new String[4 + options.length];
        System.arraycopy(options, 0, args, 0, options.length);
        args[options.length] = "--in";
        args[options.length + 1] = in.toString();
        args[options.length + 2] = "--out";
        args[options.length + 3] = to.toString();
        assertThat(run(args)).as(err.toString()).isZero();
        return CsvFile.read(to.toString());
    }

    private static String agg(String id, int concurrency) {
        return id
                + ","
                + LLAMA
                + "agg,1024,1024,"
                + concurrency
                + ",4,1,1,1,1"
                + ",".repeat(12)
                + "\n";
    }

    @Test
    void answersEveryRowInItsOrder() throws IOException {
        var text = new StringBuilder(SERVING);
        for (int i = 1; i <= 40; i++) {
            text.append(agg("row" + i, i % 2 == 0 ? i : 41 - i));
        }
        var table = predict(text.toString());
        assertThat(table.columns())
                .containsExactly("id", "ttft_ms", "tpot_ms", "confidence", "refused");
        for (int i = 1; i <= 40; i++) {
            assertThat(table.rows().get(i - 1).text("id")).isEqualTo("row" + i);
        }
        double one = table.rows().get(39).number("tpot_ms");
        double few = table.rows().get(1).number("tpot_ms");
        assertThat(one).isGreaterThan(few);
        assertThat(table.rows().getFirst().text("confidence")).isEqualTo("fitted");
        assertThat(err.toString()).contains("40 rows answered, 0 refused");
    }

    @Test
    void disaggregatedRowsNeedTheirWorkerCounts() throws IOException {
        String row = LLAMA + "disagg,8192,1024,64,,,,,";
        var table =
                predict(
                        SERVING
                                + ("a," + row + ",2,4,1,1,1,1,1,8,1,1,1,1\n")
                                + ("b," + row + ",,4,1,1,1,1,1,8,1,1,1,1\n"));
        assertThat(table.rows().get(0).positive("ttft_ms")).isGreaterThan(50);
        assertThat(table.rows().get(1).text("refused"))
                .contains("p_workers (empty)", "worker counts");
        assertThat(table.rows().get(1).text("ttft_ms")).isEmpty();
        assertThat(err.toString()).contains("1 rows answered, 1 refused", "1: p_workers");
    }

    /// One row whose load betrays a limit, one that is told it, one that is told there is room.
    @Test
    void requestsPastTheBatchLimitWaitForAPlace() throws IOException {
        String row = LLAMA + "disagg,1024,1024,150,,,,,,4,4,1,1,1,1,2,4,1,1,1,1";
        var rows =
                predict(
                                SERVING.replace("\n", ",d_max_batch\n")
                                        + ("inferred," + row + ",\n")
                                        + ("told," + row + ",64\n")
                                        + ("room," + row + ",128\n"))
                        .rows();
        assertThat(rows.get(0).number("ttft_ms")).isEqualTo(rows.get(1).number("ttft_ms"));
        assertThat(rows.get(1).number("ttft_ms")).isGreaterThan(3 * rows.get(2).number("ttft_ms"));
        assertThat(rows.get(1).number("tpot_ms")).isLessThan(rows.get(2).number("tpot_ms"));
    }

    @Test
    void aRefusedRowSaysWhyAndKeepsItsPlace() throws IOException {
        var table =
                predict(
                        SERVING
                                + agg("good", 4)
                                + agg("model", 4).replace("Llama-3.1-70B", "Llama-9-70B")
                                + agg("system", 4).replace("b200_sxm", "b20")
                                + agg("mode", 4).replace(",agg,", ",both,")
                                + agg("load", 4).replace("1024,4,4", "1024,NaN,4"));
        assertThat(table.rows()).hasSize(5);
        assertThat(table.rows().get(0).text("refused")).isEmpty();
        assertThat(table.rows().get(1).text("refused")).contains("Llama-9-70B");
        assertThat(table.rows().get(2).text("refused")).contains("b20", "b200");
        assertThat(table.rows().get(3).text("refused")).contains("mode (both) must be agg or");
        assertThat(table.rows().get(4).text("refused")).contains("line 6", "concurrency (NaN)");
    }

    private static String extras(String row, String more) {
        return row.strip() + "," + more + "\n";
    }

    private static final String EXTRAS =
            SERVING.strip() + ",prefix_hit,accept_length,draft_tokens,kv_link,transfer_mode\n";

    private static final String DISAGG =
            "x," + LLAMA + "disagg,8192,1024,64,,,,,,2,4,1,1,1,1,1,8,1,1,1,1";

    @Test
    void emptyOptionalColumnsChangeNothing() throws IOException {
        predict(SERVING + agg("a", 64) + DISAGG + "\n");
        String before = Files.readString(folder.resolve("out.csv"));
        predict(EXTRAS + extras(agg("a", 64), ",,,,") + extras(DISAGG, ",,,,"));
        assertThat(folder.resolve("out.csv")).hasContent(before);
        predict(EXTRAS + extras(agg("a", 64), "0,1,0,,") + extras(DISAGG, "0,1,0,,"));
        assertThat(folder.resolve("out.csv")).hasContent(before);
    }

    @Test
    void prefixHitsShortenTheFirstTokenAndSpeculationTheOthers() throws IOException {
        for (String row : List.of(agg("a", 64), DISAGG)) {
            var found =
                    predict(
                                    EXTRAS
                                            + extras(row, ",,,,")
                                            + extras(row, "0.75,,,,")
                                            + extras(row, ",2.5,,,")
                                            + extras(row, ",1,3,,"),
                                    "--kernels-only")
                            .rows();
            double ttft = found.get(0).number("ttft_ms");
            double tpot = found.get(0).number("tpot_ms");
            assertThat(found.get(1).number("ttft_ms")).isBetween(0.1 * ttft, 0.9 * ttft);
            assertThat(found.get(2).number("tpot_ms")).isBetween(tpot / 2.5, 0.8 * tpot);
            assertThat(found.get(3).number("tpot_ms")).isGreaterThan(tpot);
        }
    }

    /// 7,373 tokens of 160 KiB over the four links of a prefill engine.
    @Test
    void transfersAddTheirTime() throws IOException {
        var found =
                predict(
                                EXTRAS
                                        + extras(DISAGG.replace(",64,", ",1,"), ",,,,")
                                        + extras(DISAGG.replace(",64,", ",1,"), ",,,10,")
                                        + extras(DISAGG.replace(",64,", ",1,"), ",,,10,layerwise")
                                        + extras(DISAGG.replace(",64,", ",1,"), ",,,,pull"),
                                "--kernels-only")
                        .rows();
        double without = found.get(0).number("ttft_ms");
        double bytes = 0.9 * 8192 * 160 * 1024;
        assertThat(found.get(1).number("ttft_ms") - without)
                .isCloseTo(2 + 1000 * bytes / 40e9, within(0.5));
        assertThat(found.get(2).number("ttft_ms"))
                .isBetween(without, found.get(1).number("ttft_ms"));
        // A mode alone takes the network adapters of the system.
        assertThat(found.get(3).number("ttft_ms") - without)
                .isCloseTo(2 + 1000 * bytes / 200e9, within(0.5));
    }

    @Test
    void optionalColumnsAreRefusedByTheirName() throws IOException {
        var found =
                predict(
                                EXTRAS
                                        + extras(DISAGG, "1,,,,")
                                        + extras(DISAGG, ",0.5,,,")
                                        + extras(DISAGG, ",3,1,,")
                                        + extras(DISAGG, ",,,0,")
                                        + extras(DISAGG, ",,,10,pul")
                                        + extras(DISAGG, ",,,,pus"))
                        .rows();
        assertThat(found)
                .extracting(row -> row.text("refused"))
                .satisfiesExactly(
                        why -> assertThat(why).contains("prefix_hit (1)", "0.999"),
                        why -> assertThat(why).contains("accept_length (0.5)"),
                        why -> assertThat(why).contains("draft_tokens (1)", "2.0"),
                        why -> assertThat(why).contains("kv_link (0)"),
                        why -> assertThat(why).contains("\"pul\"", "pull"),
                        why -> assertThat(why).contains("\"pus\"", "push"));
    }

    private static final String STEPS =
            "system,model,gemm_q,moe_q,kv_q,fmha_q,tp,pp,dp,moe_tp,moe_ep,batch,";
    private static final String STEP =
            "b200_sxm,meta-llama/Meta-Llama-3.1-70B,nvfp4,nvfp4,fp8,fp8,4,1,1,1,1,";

    @Test
    void predictsSteps() throws IOException {
        var prefill =
                predict(
                        STEPS
                                + "isl,prefix\n"
                                + STEP
                                + "1,8192,0\n"
                                + STEP
                                + "1,8192,8192\n"
                                + STEP
                                + "1,8192,6144\n",
                        "--step",
                        "prefill");
        assertThat(prefill.columns()).containsExactly("latency_ms", "confidence", "refused");
        double whole = prefill.rows().get(0).positive("latency_ms");
        assertThat(prefill.rows().get(1).text("refused")).contains("prefix (8192)", "isl (8192)");
        assertThat(prefill.rows().get(2).number("latency_ms")).isBetween(whole / 5, whole / 2);
        var decode = predict(STEPS + "kv_len\n" + STEP + "64,1536\n", "--step", "decode");
        assertThat(decode.rows().getFirst().number("latency_ms")).isBetween(3.0, 12.0);
        var memory = predict(STEPS + "isl\n" + STEP + "1,8192\n", "--step", "memory");
        assertThat(memory.rows().getFirst().number("weights_gib")).isBetween(9.0, 12.0);
    }

    /// Published: eight B200 sum 8 MiB in 55 microseconds.
    @Test
    void predictsKernels() throws IOException {
        var table =
                predict(
                        "system,kernel,gpus,bytes\nb200_sxm,TRTLLM,8,8388608\nb200_sxm,none,8,1\n",
                        "--kernel",
                        "allreduce");
        assertThat(table.rows().get(0).number("latency_us")).isCloseTo(55, within(2.0));
        assertThat(table.rows().get(1).text("refused")).contains("none", "was not measured");
    }

    @Test
    void dashesAreStandardInputAndOutput() {
        InputStream before = System.in;
        try {
            System.setIn(
                    new ByteArrayInputStream(
                            (SERVING + agg("a", 4)).getBytes(StandardCharsets.UTF_8)));
            assertThat(run("--in", "-", "--out", "-")).isZero();
        } finally {
            System.setIn(before);
        }
        assertThat(out.toString()).startsWith("id,ttft_ms,tpot_ms,confidence,refused\na,");
    }

    @Test
    void badOptionsAreRefused() throws IOException {
        var in = Files.writeString(folder.resolve("in.csv"), SERVING).toString();
        for (var args :
                List.of(
                        List.of("--in", in),
                        List.of("--out", "-"),
                        List.of("--in", in, "--out", "-", "--step", "both"),
                        List.of("--in", in, "--out", "-", "--kernel", "gem"),
                        List.of("--in", in, "--out", "-", "--kernel", "gemm", "--step", "decode"),
                        List.of("--in", "no/such.csv", "--out", "-"))) {
            assertThat(run(args.toArray(new String[0]))).as("%s", args).isEqualTo(2);
        }
        assertThat(err.toString()).contains("no/such.csv", "\"gem\"", "exclude each other");
    }
}
