package dev.ratematch.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.kernel.KernelFamilies;
import dev.ratematch.costmodel.kernel.ProfileCodec;
import dev.ratematch.costmodel.residual.ServingResidual;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CalibrateCommandTest {

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        var command = new CommandLine(new CalibrateCommand());
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return command.execute(args);
    }

    /// Measurements of a machine that exists nowhere: 5 us and a wire of 500 GB/s.
    @BeforeEach
    void measure() throws IOException {
        var text = new StringBuilder("system,kernel,gpus,bytes,latency_us\n");
        for (int gpus = 2; gpus <= 8; gpus *= 2) {
            for (double bytes = 1024; bytes < 1e9; bytes *= 4) {
                text.append(
                        "b200_sxm,TRTLLM,%d,%.0f,%.3f%n".formatted(gpus, bytes, 5 + bytes / 5e5));
            }
        }
        Files.writeString(folder.resolve("allreduce.csv"), text);
    }

    private Map<String, Object> tree(Path file) throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return new ObjectMapper().readValue(in, new TypeReference<>() {});
        }
    }

    @Test
    void fitsKernelsAndNamesTheirSource() throws IOException {
        var file = folder.resolve("p.json.gz");
        assertThat(
                        run(
                                "--kernels",
                                folder.toString(),
                                "--system",
                                "b200_sxm",
                                "--out",
                                file.toString(),
                                "--source",
                                "here",
                                "--licence",
                                "CC0",
                                "--attribution",
                                "us"))
                .isZero();
        assertThat(out.toString()).contains("family", "allreduce", "bytes");
        var profile = ProfileCodec.profile(tree(file));
        assertThat(profile.provenance().source()).isEqualTo("here");
        assertThat(profile.provenance().licence()).isEqualTo("CC0");
        assertThat(profile.provenance().attribution()).isEqualTo("us");
        var known = profile.family(KernelFamilies.named("allreduce"));
        assertThat(known.residual().rows()).isEqualTo(30);
        assertThat(known.residual().median()).isLessThan(0.01);
        double micros =
                known.estimate(List.of("TRTLLM", "4"), new double[] {1e6}, profile.accelerator())
                        .micros();
        assertThat(micros).isBetween(6.5, 7.5);
    }

    /// Neither a clock nor an order that varies goes into the file.
    @Test
    void equalMeasurementsGiveEqualBytes() throws IOException {
        var files = List.of(folder.resolve("a.json.gz"), folder.resolve("b.json.gz"));
        for (Path file : files) {
            assertThat(
                            run(
                                    "--kernels",
                                    folder.toString(),
                                    "--system",
                                    "b200_sxm",
                                    "--out",
                                    file.toString()))
                    .isZero();
        }
        assertThat(files.get(0)).hasSameBinaryContentAs(files.get(1));
    }

    private static final String DEPLOYMENTS =
            "id,system,backend,model,precision,mode,isl,osl,concurrency,tp,pp,dp,moe_tp,moe_ep,"
                    + "ttft_ms,tpot_ms\n";

    @Test
    void fitsWhatEnginesAddAndJudgesItByOtherConfigurations() throws IOException {
        var text = new StringBuilder(DEPLOYMENTS);
        for (int tp = 1; tp <= 8; tp *= 2) {
            for (int c = 4; c <= 64; c *= 2) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "%dx%d,b200_sxm,vllm,meta-llama/Llama-3.1-70B-Instruct,fp8,agg,1024,1024,%d,%d,"
                                        + "1,1,1,1,%d,%.2f%n",
                                tp,
                                c,
                                c,
                                tp,
                                100 + 10 * c,
                                40.0 / tp + 0.2 * c));
            }
        }
        var in = Files.writeString(folder.resolve("e2e.csv"), text);
        var file = folder.resolve("s.json.gz");
        assertThat(run("--serving", in.toString(), "--out", file.toString())).isZero();
        assertThat(out.toString()).contains("agg TPOT", "agg TTFT", "disagg TTFT");
        var residual = ServingResidual.of(tree(file));
        assertThat(residual.correction(false, false).groups()).containsKey("engine=vllm");
        assertThat(residual.provenance()).contains("aiconfigurator", "Apache-2.0", "NVIDIA");
    }

    @Test
    void badOptionsAreRefused() throws IOException {
        String here = folder.toString();
        String file = folder.resolve("x.json").toString();
        var empty = Files.createDirectory(folder.resolve("empty")).toString();
        var none = Files.writeString(folder.resolve("none.csv"), DEPLOYMENTS).toString();
        for (var args :
                List.of(
                        List.of("--kernels", here, "--system", "b200_sxm"),
                        List.of("--out", file),
                        List.of("--out", file, "--kernels", here),
                        List.of("--out", file, "--kernels", here, "--serving", none),
                        List.of("--out", file, "--kernels", here, "--system", "gb200"),
                        List.of("--out", file, "--kernels", here, "--system", "z9"),
                        List.of("--out", file, "--kernels", empty, "--system", "b200_sxm"),
                        List.of("--out", file, "--serving", none))) {
            assertThat(run(args.toArray(new String[0]))).as("%s", args).isEqualTo(2);
        }
        assertThat(Path.of(file)).doesNotExist();
        assertThat(err.toString())
                .contains("--system is missing", "has no rows", "z9", "none of the files gemm");
    }

    @Test
    void aTableWithoutItsColumnsIsRefusedByName() throws IOException {
        Files.writeString(folder.resolve("allreduce.csv"), "system,kernel,gpus,latency_us\n");
        assertThat(
                        run(
                                "--kernels",
                                folder.toString(),
                                "--system",
                                "b200_sxm",
                                "--out",
                                folder.resolve("x.json").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("allreduce.csv has no column \"bytes\"");
    }
}
