package dev.ratematch.cli.model;

import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.calibrate.KernelPrediction;
import dev.ratematch.costmodel.calibrate.MemoryPrediction;
import dev.ratematch.costmodel.calibrate.Prediction;
import dev.ratematch.costmodel.calibrate.ServingPredictor;
import dev.ratematch.costmodel.calibrate.StepPredictor;
import dev.ratematch.costmodel.kernel.KernelFamilies;
import dev.ratematch.costmodel.residual.ServingResidual;
import dev.ratematch.costmodel.table.Table;
import dev.ratematch.sizing.table.CsvFile;
import dev.ratematch.sizing.table.TableWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Answers a file of questions, so that anybody can check the model against measurements.
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        description = {
            "Predicts every row of a CSV file and writes one line per row, in the same order.",
            "Without --step or --kernel a row is a deployment under a fixed number of requests in"
                    + " flight, lengths drawn between 0.8 and 1.0 of the nominal ones: columns id,"
                    + " system, backend, model, precision, mode (agg or disagg), isl, osl,"
                    + " concurrency, and tp, pp, dp, moe_tp, moe_ep (agg) or the same with p_ and d_"
                    + " in front beside p_workers and d_workers (disagg). Answered: ttft_ms,"
                    + " tpot_ms, confidence.",
            "d_max_batch (disagg) says how many requests a copy of attention decodes at once; where"
                    + " it is empty, TensorRT-LLM's is inferred from the load.",
            "Optional columns of a deployment, each empty for none: prefix_hit (share of the prompt"
                    + " found in the prefix cache, 0 to 0.999), accept_length (tokens per decode"
                    + " step under speculation, the certain one included), draft_tokens (guessed"
                    + " ahead per step; by default the fewest that can be accepted); disagg only:"
                    + " kv_link (KV bandwidth of one GPU, one way, GB/s) and transfer_mode (pull,"
                    + " push or layerwise; by default pull; without kv_link, over the network"
                    + " adapters of the system)."
        },
        footer = {
            "",
            "confidence: fitted (within what was measured), transferred (measured on another engine,"
                    + " system or shape), extrapolated (beyond it, by physics).",
            "refused: why a row has no answer; empty if it has one.",
            "",
            "Examples:",
            "  ratematch predict --in deployments.csv --out predicted.csv",
            "  ratematch predict --step decode --in steps.csv --out -",
            "  ratematch predict --kernel gemm --in gemm.csv.gz --out -",
            "",
            "Exit codes: 0 done, refused rows included; 2 when a file or option is wrong."
        })
public final class PredictCommand implements Callable<Integer> {

    private enum Step {
        prefill,
        decode,
        memory
    }

    private static final int SLICE = 2000;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--in",
            paramLabel = "FILE",
            required = true,
            description = "CSV file with a header (gzip allowed); - for standard input.")
    @SuppressWarnings("NullAway.Init")
    private String in;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "CSV file to write; - for standard output.")
    @SuppressWarnings("NullAway.Init")
    private String out;

    @Option(
            names = "--step",
            paramLabel = "prefill|decode|memory",
            description = {
                "predict one iteration (latency_ms) or the memory of one GPU (bytes), by kernels"
                        + " alone; columns system, model, gemm_q, moe_q, kv_q, fmha_q, tp, pp, dp,"
                        + " moe_tp, moe_ep and batch, isl, prefix (prefill) or batch, kv_len"
                        + " (decode)"
            })
    private @Nullable Step step;

    @Option(
            names = "--kernel",
            paramLabel = "FAMILY",
            description =
                    "predict single kernels (latency_us): gemm, context_attention,"
                            + " generation_attention, mla_context, mla_generation, mla_bmm, moe,"
                            + " moe_wideep, allreduce, nccl, alltoall or quantize")
    private @Nullable String kernel;

    @Option(
            names = "--kernels-only",
            description =
                    "Predict deployments from kernels only, without what engines add to them.")
    private boolean kernelsOnly;

    @Override
    public Integer call() throws IOException {
        if (step != null && kernel != null) {
            throw new ParameterException(
                    spec.commandLine(), "--step and --kernel exclude each other; give one.");
        }
        try {
            Prediction prediction = prediction();
            Table table = CsvFile.read(in);
            write(table, prediction);
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Prediction prediction() {
        if (kernel != null) {
            return new KernelPrediction(KernelFamilies.named(kernel), ShippedProfiles::profile);
        }
        if (step == null) {
            return new ServingPredictor(
                    kernelsOnly ? ServingResidual.NONE : ShippedProfiles.residual(),
                    ShippedProfiles::kernels);
        }
        return switch (step) {
            case prefill -> new StepPredictor(false, ShippedProfiles::kernels);
            case decode -> new StepPredictor(true, ShippedProfiles::kernels);
            case memory -> new MemoryPrediction();
        };
    }

    private void write(Table table, Prediction prediction) throws IOException {
        boolean named = table.columns().contains("id");
        var reasons = new TreeMap<String, Integer>();
        var bar =
                new ProgressBarBuilder()
                        .setTaskName("predict")
                        .setInitialMax(table.rows().size())
                        .setStyle(ProgressBarStyle.ASCII);
        try (var writer = new TableWriter(open(), prediction.header(named));
                var progress = bar.build()) {
            for (int from = 0; from < table.rows().size(); from += SLICE) {
                var slice = table.rows().subList(from, Math.min(table.rows().size(), from + SLICE));
                var lines = prediction.lines(slice, named);
                for (List<String> line : lines) {
                    writer.line(line);
                    if (!line.getLast().isEmpty()) {
                        reasons.merge(line.getLast(), 1, Integer::sum);
                    }
                }
                progress.stepBy(slice.size());
            }
        }
        report(table.rows().size(), reasons);
    }

    private Writer open() throws IOException {
        if (out.equals("-")) {
            return spec.commandLine().getOut();
        }
        return Files.newBufferedWriter(Path.of(out), StandardCharsets.UTF_8);
    }

    private void report(int rows, Map<String, Integer> reasons) {
        PrintWriter err = spec.commandLine().getErr();
        int refused = reasons.values().stream().mapToInt(Integer::intValue).sum();
        err.printf("%d rows answered, %d refused%n", rows - refused, refused);
        reasons.entrySet().stream()
                .sorted((a, b) -> b.getValue() - a.getValue())
                .limit(10)
                .forEach(e -> err.printf("  %d: %s%n", e.getValue(), e.getKey()));
        err.flush();
    }
}
